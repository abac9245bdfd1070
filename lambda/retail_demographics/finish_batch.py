"""Take a batch of frames from the question which are done to the deletion of what is."""

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from retail_demographics.ask_rekognition import Analyst, Finding, Missing, Unfinished
from retail_demographics.batch_counts import BatchCounts
from retail_demographics.csv_objects import CsvObject, detection_objects, reject_objects
from retail_demographics.delete_frames import delete_versions
from retail_demographics.detections import Analysis
from retail_demographics.frames import Frame
from retail_demographics.idempotency_requests import Outcome
from retail_demographics.put_results import Put, put_once
from retail_demographics.record_processed import ProcessedFrames
from retail_demographics.rejects import Reject, reject_gone, reject_on_arrival
from retail_demographics.settings import Settings
from runtime.errors import Failure
from runtime.rate_limit import RateLimiter

# Kept free for writing: a call that hangs (13 s at most), then objects, records and deletions.
WRITING_SECONDS = 20.0
# Kept free at the very end, where nothing is tried again: room for one more answer.
LAST_SECONDS = 10.0


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
        analyses, rejects = self._sort_out(self._look_at(self._open(frames, done)))
        now = self._dependencies.now()
        self._save(analyses, rejects, now)
        counted = [analysis for analysis in analyses if self._is_finished(analysis.frame)]
        self.counts.count(counted, [r for r in rejects if self._is_finished(r.frame)])
        self.counts.retried = len(self.failures)
        if self._settings.delete_frames:
            # Whoever counted a frame before may have been stopped before it could delete it.
            before = [frames[name] for name, how in done.items() if how is Outcome.COUNTED]
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

    def _look_at(self, frames: Iterable[Frame]) -> list[Finding]:
        judged = [(frame, reject_on_arrival(frame)) for frame in frames]
        to_ask = [frame for frame, reject in judged if reject is None]
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
            answers = list(pool.map(analyst.analyze, to_ask))
        self.counts.throttled = len(analyst.throttled)
        return [*answers, *(reject for _, reject in judged if reject is not None)]

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

    def _save(self, analyses: list[Analysis], rejects: list[Reject], now: datetime) -> None:
        objects = [
            *detection_objects(analyses, now, self._settings.max_capture_age),
            *reject_objects(rejects, now),
        ]
        self._put(objects)
        outcomes = {
            **{analysis.frame.object_id: Outcome.COUNTED for analysis in analyses},
            **{reject.frame.object_id: Outcome.REJECTED for reject in rejects},
        }
        written = {name: outcome for name, outcome in outcomes.items() if name not in self.failures}
        expires_at = int(now.timestamp()) + self._settings.ledger_days * 24 * 60 * 60
        self.failures |= self._processed.record(written, expires_at, self._time_to_write)

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
