"""Ask Rekognition who is in a frame, at a steady pace and for as long as there is time."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from retail_demographics.detections import Analysis, analysis_of
from retail_demographics.frames import Frame
from retail_demographics.look_for_frames import OUT_OF_TIME, Missing, Unfinished, head
from retail_demographics.rejects import Reject, reject_on_error
from runtime.backoff import waits
from runtime.errors import Failure, failure_of
from runtime.rate_limit import RateLimiter

_UNREADABLE = "(the frame is there; the function's role needs s3:GetObject* and kms:Decrypt on it)"

Finding = Analysis | Reject | Missing | Unfinished


class Analyst:
    """Finds out about one frame at a time. Threads may share one; it never raises for a frame."""

    def __init__(
        self,
        *,
        rekognition: Any,
        s3: Any,
        rate_limit: RateLimiter,
        deadline: float,
        clock: Callable[[], float],
        sleep: Callable[[float], None],
        random: Callable[[], float],
    ) -> None:
        self.throttled: set[str] = set()
        self._rekognition = rekognition
        self._s3 = s3
        self._rate_limit = rate_limit
        self._deadline = deadline
        self._clock = clock
        self._sleep = sleep
        self._random = random
        self._denial: Failure | None = None

    def analyze(self, frame: Frame) -> Finding:
        """Analyse a frame. Every call, a retry too, waits for its turn.

        After a denial no further call is made: each would be denied, and delay the alarm.
        """
        failure = OUT_OF_TIME
        pauses = waits(lambda: self._deadline - self._clock(), self._random)
        while self._denial is None and self._rate_limit.acquire(before=self._deadline):
            finding = self._ask(frame)
            if not isinstance(finding, Unfinished) or not finding.failure.is_transient:
                return finding
            failure = finding.failure
            if failure.is_throttle:
                self.throttled.add(frame.object_id)
            pause = next(pauses, None)
            if pause is None:
                break
            self._sleep(pause)
        return Unfinished(frame, self._denial or failure)

    def _ask(self, frame: Frame) -> Finding:
        place = {"Bucket": frame.bucket, "Name": frame.key}
        if frame.version_id:
            place["Version"] = frame.version_id
        try:
            reply = self._rekognition.detect_faces(Image={"S3Object": place}, Attributes=["ALL"])
            return analysis_of(frame, reply["FaceDetails"])
        except ClientError as error:
            return self._judge(frame, failure_of(error))
        except (HTTPClientError, ConnectionError) as error:
            return Unfinished(frame, replace(failure_of(error), status=503))
        except Exception as error:  # a strange answer to one must not cost the batch all others
            return Unfinished(frame, failure_of(error))

    def _judge(self, frame: Frame, failure: Failure) -> Finding:
        if failure.is_denial:
            self._denial = failure
        if failure.code == "InvalidS3ObjectException":
            return self._look_for(frame, failure)
        return reject_on_error(frame, failure.code, failure.message) or Unfinished(frame, failure)

    def _look_for(self, frame: Frame, failure: Failure) -> Finding:
        """Tell a missing frame from one that may not be read: Rekognition says the same of both."""
        reply = head(self._s3, frame)
        if isinstance(reply, Missing | Unfinished):
            return reply
        return Unfinished(frame, replace(failure, message=f"{failure.message} {_UNREADABLE}"))
