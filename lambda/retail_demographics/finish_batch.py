"""Take a batch of frames from the question which are done to the deletion of what is."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from retail_demographics.ask_rekognition import Analyst, Finding
from retail_demographics.batch_counts import BatchCounts
from retail_demographics.csv_objects import CsvObject, detection_objects, reject_objects
from retail_demographics.delete_frames import delete_versions
from retail_demographics.detections import Analysis
from retail_demographics.frames import Frame
from retail_demographics.idempotency_requests import Outcome
from retail_demographics.look_for_frames import Missing, Unfinished, read_checksum
from retail_demographics.pictures import by_picture, repeats_of
from retail_demographics.put_results import Put, put_once
from retail_demographics.record_processed import ProcessedFrames
from retail_demographics.rejects import Reason, Reject, reject_gone, reject_on_arrival
from retail_demographics.settings import Settings
from runtime.errors import Failure
from runtime.rate_limit import RateLimiter

# Kept free for writing: a call that hangs (13 s at most), then objects, records and deletions.
WRITING_SECONDS = 20.0
# Kept free at the very end, where nothing is tried again: room for one more answer.
LAST_SECONDS = 10.0

_COUNTED = Outcome.COUNTED
_NO_PICTURE = Failure("PictureUnfinished", "the first upload of the same picture is not finished")


@dataclass(frozen=True, slots=True)
class Dependencies:
    """All that a batch touches outside itself."""

    rekognition: Any
    s3: Any
    dynamodb: Any
    rate_limit: RateLimiter
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    random: Callable[[], float]
    now: Callable[[], datetime]


class BatchRun:
    """One batch. What could not be finished is in ``failures``, what could in ``counts``.

    The order makes it safe to stop anywhere: rows, then the record that they are there, then
    deletion. A frame that is tried again has its rows twice at worst, and the views take those of
    one analysis.
    """

    def __init__(self, settings: Settings, dependencies: Dependencies, *, seconds: float) -> None:
        self.counts = BatchCounts()
        self.failures: dict[str, Failure] = {}
        self._settings = settings
        self._dependencies = dependencies
        self._ends = dependencies.clock() + seconds
        self._asks_until = self._ends - min(WRITING_SECONDS, seconds / 2)
        self._processed = ProcessedFrames(
            dependencies.dynamodb,
            settings.ledger_table,
            sleep=dependencies.sleep,
            random=dependencies.random,
        )

    def finish(self, frames: Mapping[str, Frame]) -> None:
        """Do all there is to do for the frames, which come by id."""
        done = self._find_done(frames)
        opened, early = self._identify(self._open(frames, done))
        first, repeats, known = self._without_repeats(opened)
        analyses, rejects = self._sort_out([*early, *self._ask(first)])
        now = self._dependencies.now()
        outcomes = self._save(analyses, rejects, now)
        repeated = self._follow(repeats, known | outcomes, now)
        counted = [analysis for analysis in analyses if self._is_finished(analysis.frame)]
        self.counts.count(counted, [r for r in rejects if self._is_finished(r.frame)])
        self.counts.repeated = len(repeated)
        self.counts.retried = len(self.failures)
        if self._settings.delete_frames:
            # Whoever counted a frame before may have been stopped before it could delete it.
            before = [frames[name] for name, how in (done | repeated).items() if how is _COUNTED]
            frames_done = [*before, *(analysis.frame for analysis in counted)]
            self.counts.deletion_errors = delete_versions(self._dependencies.s3, frames_done)

    def _find_done(self, frames: Mapping[str, Frame]) -> dict[str, Outcome]:
        done, failures = self._processed.find(frames, self._time_to_ask)
        self.counts.duplicated += len(done)
        self.failures |= failures
        return done

    def _open(self, frames: Mapping[str, Frame], done: Mapping[str, Outcome]) -> list[Frame]:
        known = done.keys() | self.failures.keys()
        return [frame for name, frame in frames.items() if name not in known]

    def _identify(self, frames: Iterable[Frame]) -> tuple[list[Frame], list[Finding]]:
        """Set aside what is no picture, and learn the checksum of each that is one."""
        findings: list[Finding] = []
        pictures: list[Frame] = []
        for frame in frames:
            reject = reject_on_arrival(frame)
            if reject:
                findings.append(reject)
            else:
                pictures.append(frame)
        if not self._settings.repeats_count_once:
            return pictures, findings

        def identify(frame: Frame) -> Frame | Missing | Unfinished:
            return read_checksum(self._dependencies.s3, frame, self._time_to_ask)

        with ThreadPoolExecutor(self._settings.concurrent_calls) as pool:
            found = list(pool.map(identify, pictures))
        findings += [each for each in found if not isinstance(each, Frame)]
        return [each for each in found if isinstance(each, Frame)], findings

    def _without_repeats(
        self, frames: Iterable[Frame]
    ) -> tuple[list[Frame], list[Frame], dict[str, Outcome]]:
        """Split into first uploads and repeats, with the outcomes of pictures that are recorded."""
        pictures = by_picture(frames)
        asked = [name for name, (first, *_) in pictures.items() if first.checksum]
        known, failures = self._processed.find(asked, self._time_to_ask)
        for name, failure in failures.items():
            self.failures |= {frame.object_id: failure for frame in pictures[name]}
        open_ = {name: uploads for name, uploads in pictures.items() if name not in failures}
        first = [uploads[0] for name, uploads in open_.items() if name not in known]
        return first, list(repeats_of(open_, known)), known

    def _ask(self, frames: list[Frame]) -> list[Finding]:
        analyst = Analyst(
            rekognition=self._dependencies.rekognition,
            s3=self._dependencies.s3,
            rate_limit=self._dependencies.rate_limit,
            deadline=self._asks_until,
            clock=self._dependencies.clock,
            sleep=self._dependencies.sleep,
            random=self._dependencies.random,
        )
        with ThreadPoolExecutor(self._settings.concurrent_calls) as pool:
            answers = list(pool.map(analyst.analyze, frames))
        self.counts.throttled = len(analyst.throttled)
        return answers

    def _sort_out(self, findings: Iterable[Finding]) -> tuple[list[Analysis], list[Reject]]:
        analyses: list[Analysis] = []
        rejects: list[Reject] = []
        missing: dict[str, Frame] = {}
        for finding in findings:
            match finding:
                case Analysis():
                    analyses.append(finding)
                case Reject():
                    rejects.append(finding)
                case Missing(frame):
                    missing[frame.object_id] = frame
                case Unfinished(frame, failure):
                    self.failures[frame.object_id] = failure
        # We delete a frame only after it is recorded as processed. So one that is missing, and not
        # recorded even now, was deleted by somebody else.
        rejects += map(reject_gone, self._open(missing, self._find_done(missing)))
        return analyses, rejects

    def _save(
        self, analyses: list[Analysis], rejects: list[Reject], now: datetime
    ) -> dict[str, Outcome]:
        """Put the rows down and record whose they are; return the outcomes by picture."""
        objects = [
            *detection_objects(analyses, now, self._settings.max_capture_age),
            *reject_objects(rejects, now),
        ]
        self._put(objects)
        outcomes = {
            **{analysis.frame: Outcome.COUNTED for analysis in analyses},
            **{reject.frame: Outcome.REJECTED for reject in rejects},
        }
        # That one upload is gone says nothing about others of its bytes.
        gone = {reject.frame for reject in rejects if reject.reason is Reason.GONE}
        pictures = {
            frame.frame_id: how
            for frame, how in outcomes.items()
            if frame.checksum and frame not in gone and self._is_finished(frame)
        }
        # Pictures first: a frame that is recorded is not looked at again.
        lost = self._record(pictures, now)
        for frame in outcomes:
            if frame.frame_id in lost:
                self.failures[frame.object_id] = lost[frame.frame_id]
        frames = {f.object_id: how for f, how in outcomes.items() if self._is_finished(f)}
        self.failures |= self._record(frames, now)
        return {name: how for name, how in pictures.items() if name not in lost}

    def _follow(
        self, repeats: Iterable[Frame], outcomes: Mapping[str, Outcome], now: datetime
    ) -> dict[str, Outcome]:
        """Finish repeated uploads as their picture was; return how, for those that are finished."""
        ended: dict[str, Outcome] = {}
        for frame in repeats:
            if frame.frame_id in outcomes:
                ended[frame.object_id] = outcomes[frame.frame_id]
            else:
                self.failures[frame.object_id] = _NO_PICTURE
        self.failures |= self._record(ended, now)
        return {name: how for name, how in ended.items() if name not in self.failures}

    def _record(self, outcomes: Mapping[str, Outcome], now: datetime) -> dict[str, Failure]:
        expires_at = int(now.timestamp()) + self._settings.ledger_days * 24 * 60 * 60
        return self._processed.record(outcomes, expires_at, self._time_to_write)

    def _put(self, objects: list[CsvObject]) -> None:
        def put(thing: CsvObject) -> Put | Failure:
            return put_once(
                self._dependencies.s3,
                self._settings.results_bucket,
                thing,
                time_left=self._time_to_write,
                sleep=self._dependencies.sleep,
                random=self._dependencies.random,
            )

        with ThreadPoolExecutor(self._settings.concurrent_calls) as pool:
            for thing, result in zip(objects, pool.map(put, objects), strict=True):
                if isinstance(result, Failure):
                    self.failures |= dict.fromkeys(thing.frame_ids, result)
                else:
                    self.counts.objects_written += result is Put.WRITTEN

    def _is_finished(self, frame: Frame) -> bool:
        return frame.object_id not in self.failures

    def _time_to_ask(self) -> float:
        return self._asks_until - self._dependencies.clock()

    def _time_to_write(self) -> float:
        return self._ends - LAST_SECONDS - self._dependencies.clock()
