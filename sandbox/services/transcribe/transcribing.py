"""Run transcription jobs: read the media, recognize it, write the transcript, tell EventBridge."""

import asyncio
import contextvars
import json
import logging
import queue
import threading
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, in_flight
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.services.events import service_events
from sandbox.services.kms import keys
from sandbox.services.s3 import reading
from sandbox.services.s3.upstream import s3
from sandbox.services.transcribe import requests
from sandbox.services.transcribe.document import LANGUAGE, SCORE, SYNTHETIC, document
from sandbox.services.transcribe.engine import Engine
from sandbox.services.transcribe.jobs import Job, Jobs
from sandbox.services.transcribe.media import MediaError

LARGEST_BYTES = 2 * 1024**3
NO_READING = (
    "The S3 URI that you provided can't be accessed. "
    "Make sure that you have read permission and try your request again."
)
NO_OBJECT = (
    "The URI that you provided doesn't point to an S3 object. "
    "Make sure that the object exists and try your request again."
)
NO_WRITING = (
    "The specified S3 bucket can't be accessed. "
    "Make sure that you have write permission and try your request again."
)
_PROBE = ".write_access_check_file.temp"  # what Transcribe leaves beside an output
_log = logging.getLogger(__name__)


def read_media(job: Job) -> bytes:
    """Read a job's media file with its rights; raises `MediaError` with what AWS says."""
    bucket, key = requests.split_uri(job.request["Media"]["MediaFileUri"])
    try:
        with emulator.acting_as(job.acts_as), keys.asked_again():
            content = reading.read_object(bucket, key)
    except ServiceError as error:
        missing = error.code in ("NoSuchKey", "NoSuchBucket")
        raise MediaError(f"{NO_OBJECT if missing else NO_READING} ({error.message})") from error
    if len(content) > LARGEST_BYTES:
        raise MediaError("Invalid file size: file size too large.")
    return content


def try_output(job: Job) -> None:
    """Write what Transcribe writes when a job starts, to see that it can; raises `MediaError`."""
    bucket, key = job.output
    folder, slash, _ = key.rpartition("/")
    _write(job, bucket, f"{folder}{slash}{_PROBE}", b"", {})


def _write(job: Job, bucket: str, key: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Write with a job's rights. Must run on the event loop, where S3's events are sent."""
    with emulator.acting_as(job.acts_as), keys.asked_again():
        arn = f"arn:{emulator.PARTITION}:s3:::{bucket}/{key}"
        why = authorization.denial(authorization.request_caller(), "s3:PutObject", arn)
        if why is None and s3._ensure_bucket(bucket) is None:
            why = "The specified bucket does not exist"
        if why is None:
            sent = {"content-length": str(len(body)), **_encryption(job.request), **headers}
            status, _, reply = s3._put_object(bucket, key, body, sent)
            why = _message(reply) if status >= 300 else None
    if why is not None:
        raise MediaError(f"{NO_WRITING} ({why})")


def _encryption(request: Mapping[str, Any]) -> dict[str, str]:
    algorithm, key = "x-amz-server-side-encryption", request.get("OutputEncryptionKMSKeyId")
    return {algorithm: "aws:kms", f"{algorithm}-aws-kms-key-id": key} if key else {}


def _message(reply: bytes) -> str:
    return reply.decode(errors="replace").partition("<Message>")[2].partition("</")[0]


class Runner:
    """Runs jobs one after the other, in a thread that ends with the process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None

    def run(self, jobs: Jobs, job: Job) -> None:
        """Have a job done, in the account and Region of the current request."""
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            threading.Thread(target=self._work, name="transcribe", daemon=True).start()
        context = contextvars.copy_context()
        self._waiting.put(lambda: context.run(self._do, jobs, job))

    def _work(self) -> None:
        while True:
            do = self._waiting.get()
            with in_flight.counted("transcription"):  # until its end was told
                do()

    def _do(self, jobs: Jobs, job: Job) -> None:
        if not jobs.has(job):
            return
        found: dict[str, Any] = {}
        failure: str | None = None
        try:
            found = self._transcribe(job)
        except MediaError as error:
            failure = str(error)
        except Exception:  # what we did not foresee fails this job, not the sandbox
            _log.exception("transcription job %s", job.name)
            failure = "Internal Failure. Please try your request again."
        if jobs.has(job):
            job.end(failure, **found)
            self._on_loop(lambda: _announce(job))
        for following in jobs.next():
            self.run(jobs, following)

    def _transcribe(self, job: Job) -> dict[str, Any]:
        by_channel = requests.by_channel(job.request)
        heard = self._engine.hear(
            read_media(job),
            media_format=job.request.get("MediaFormat"),
            sample_rate=job.request.get("MediaSampleRateHertz"),
            by_channel=by_channel,
        )
        identified = bool(job.request.get("IdentifyLanguage"))
        transcript = document(
            job.name,
            responses.get_account_id(),
            heard,
            by_channel=by_channel,
            identified=identified,
            spellings=job.spellings,
        )
        headers = {
            "content-type": "application/json",
            "x-amz-meta-sandbox-synthetic": ",".join(SYNTHETIC),
        }
        self._on_loop(lambda: _write(job, *job.output, json.dumps(transcript).encode(), headers))
        bucket, key = job.output
        where = f"https://s3.{responses.get_region()}.amazonaws.com/{bucket}/{key}"
        return {
            "LanguageCode": LANGUAGE,
            "MediaFormat": heard.media_format,
            "MediaSampleRateHertz": heard.sample_rate,
            "Transcript": {"TranscriptFileUri": where},
            **({"IdentifiedLanguageScore": SCORE} if identified else {}),
        }

    def _on_loop(self, act: Callable[[], None]) -> None:
        async def run() -> None:
            act()

        if self._loop is not None:
            asyncio.run_coroutine_threadsafe(run(), self._loop).result(timeout=60)


def _announce(job: Job) -> None:
    """Tell the default event bus that a job is over.

    Source: https://docs.aws.amazon.com/transcribe/latest/dg/monitoring-events.html
    """
    detail = {"TranscriptionJobName": job.name, "TranscriptionJobStatus": job.status}
    if job.failure_reason:
        detail["FailureReason"] = job.failure_reason
    service_events.send("aws.transcribe", "Transcribe Job State Change", detail)
