"""Amazon Transcribe: transcription jobs, with real recognition of American English."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sandbox.core import emulator, in_flight, request_validation
from sandbox.core.emulator import ServiceError
from sandbox.core.quotas import Quota
from sandbox.core.upstream import responses
from sandbox.host.environment import KEYS
from sandbox.iam import authorization, request_resources, sessions
from sandbox.services.kms import keys
from sandbox.services.transcribe import requests, transcribing
from sandbox.services.transcribe.answers import bad_request, page
from sandbox.services.transcribe.document import SYNTHETIC
from sandbox.services.transcribe.engine import Engine
from sandbox.services.transcribe.jobs import ConflictError, FullError, Job, Jobs
from sandbox.services.transcribe.media import MediaError
from sandbox.services.transcribe.vocabulary_requests import Vocabularies

Request = dict[str, Any]
Reply = Mapping[str, Any]

_PRINCIPAL = "transcribe.amazonaws.com"
# Requests per second of an account in a Region.
# Source: quotas of Amazon Transcribe in the AWS General Reference.
_RATES = {
    "StartTranscriptionJob": 25.0,
    "GetTranscriptionJob": 30.0,
    "ListTranscriptionJobs": 5.0,
    "DeleteTranscriptionJob": 5.0,
    "CreateVocabulary": 10.0,
    "GetVocabulary": 20.0,
    "ListVocabularies": 5.0,
    "DeleteVocabulary": 5.0,
}
_NO_JOB = "The requested job couldn't be found. Check the job name and try your request again."


def install() -> None:
    """Take Transcribe over from the emulator, whose transcripts are made up."""
    request_resources.tell("transcribe", _resource)
    service = Transcribe(Engine())
    in_flight.watch("transcription job", service.running)
    emulator.add_service(
        "transcribe", service.operations(), target_prefix="Transcribe", reset=service.reset
    )


def _resource(action: str, request: Mapping[str, Any]) -> str | None:
    """Tell which job or vocabulary a request is about; starting a job is about none."""
    match action, request:
        case "GetTranscriptionJob" | "DeleteTranscriptionJob", {"TranscriptionJobName": name}:
            return f"transcription-job/{name}"
        case "GetVocabulary" | "DeleteVocabulary", {"VocabularyName": name}:
            return f"vocabulary/{name}"
    return None


# As in https://docs.aws.amazon.com/transcribe/latest/dg/data-encryption.html
_KEY_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


class Transcribe:
    """The service's state, and its operations."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._runner = transcribing.Runner(engine)
        self._quota = Quota()
        self._jobs: dict[tuple[str, str], Jobs] = {}
        self._vocabularies = Vocabularies()

    def operations(self) -> dict[str, Callable[[Request], Awaitable[Reply]]]:
        """List what is served. All of it runs on the event loop: none of it takes long."""
        served: dict[str, Callable[[Request], Reply]] = {
            "StartTranscriptionJob": self.start_job,
            "GetTranscriptionJob": self.get_job,
            "ListTranscriptionJobs": self.list_jobs,
            "DeleteTranscriptionJob": self.delete_job,
            **self._vocabularies.operations(),
        }
        return {name: self._guarded(name, run) for name, run in served.items()}

    def running(self) -> int:
        """Count the jobs that have not ended."""
        return sum(not job.is_over for jobs in self._jobs.values() for job in jobs.newest_first())

    def reset(self) -> None:
        """Forget jobs and vocabularies; what is being recognized is dropped when it is done."""
        for jobs in self._jobs.values():
            jobs.clear()
        self._jobs.clear()
        self._vocabularies.clear()
        self._quota.reset()
        self._engine.forget()

    def _guarded(
        self, name: str, run: Callable[[Request], Reply]
    ) -> Callable[[Request], Awaitable[Reply]]:
        async def serve(request: Request) -> Reply:
            if not self._quota.take((*_place(), name), _RATES[name]):
                raise ServiceError("ThrottlingException", "Rate exceeded")
            if found := request_validation.violations("transcribe", name, request):
                raise bad_request(request_validation.validation_message(found))
            return run(request)

        return serve

    def start_job(self, request: Request) -> Reply:
        """Start a job, once it is sure that it may read and write."""
        try:
            requests.check(request)
            output = request["OutputBucketName"], requests.output_key(request)
            requests.split_uri(request["Media"]["MediaFileUri"])
        except requests.RefusedError as error:
            raise bad_request(str(error)) from error
        jobs = self._jobs.setdefault(_place(), Jobs())
        spellings = self._vocabularies.spellings_for(request)
        job = Job(request, output, _key_to_act_by(request), spellings)
        if jobs.find(job.name):
            raise _conflict()
        _require_output_key(request)
        try:
            transcribing.read_media(job)
            transcribing.try_output(job)
            jobs.add(job)
        except MediaError as error:
            raise bad_request(str(error)) from error
        except ConflictError as error:
            raise _conflict() from error
        except FullError as error:
            raise ServiceError(
                "LimitExceededException",
                "You have too many concurrent transcription jobs. "
                "Wait until some end, or allow deferred execution.",
            ) from error
        if job.status == "IN_PROGRESS":
            self._runner.run(jobs, job)
        return {"TranscriptionJob": job.described()}

    def get_job(self, request: Request) -> Reply:
        """Describe a job."""
        job = self._found_jobs().find(request["TranscriptionJobName"])
        if job is None:
            raise ServiceError("NotFoundException", _NO_JOB)
        if job.status == "COMPLETED":
            emulator.reply_header("x-sandbox-synthetic", ",".join(SYNTHETIC))
        return {"TranscriptionJob": job.described()}

    def list_jobs(self, request: Request) -> Reply:
        """List jobs, the newest first."""
        status, part = request.get("Status"), (request.get("JobNameContains") or "").lower()
        found = [
            job.summary()
            for job in self._found_jobs().newest_first()
            if status in (None, job.status) and part in job.name.lower()
        ]
        told = {"Status": status} if status else {}
        return told | page(request, "TranscriptionJobSummaries", found)

    def delete_job(self, request: Request) -> Reply:
        """Forget a job that is over, or that never was."""
        jobs = self._found_jobs()
        job = jobs.find(request["TranscriptionJobName"])
        if job is not None and not job.is_over:
            raise bad_request(
                "The job can't be deleted because it is in progress. Wait until it ends."
            )
        jobs.remove(request["TranscriptionJobName"])
        return {}

    def _found_jobs(self) -> Jobs:
        return self._jobs.get(_place()) or Jobs()


def _place() -> tuple[str, str]:
    return responses.get_account_id(), responses.get_region()


def _conflict() -> ServiceError:
    return ServiceError(
        "ConflictException", "The requested job name already exists. Use a different job name."
    )


def _key_to_act_by(request: Request) -> str:
    """Choose as whom a job reads and writes: the role that it names, else whoever asks for it."""
    role = (request.get("JobExecutionSettings") or {}).get("DataAccessRoleArn")
    if not role:
        return emulator.caller() or KEYS["AWS_ACCESS_KEY_ID"]
    try:
        return sessions.assume(
            role, service=_PRINCIPAL, session=request["TranscriptionJobName"][:64]
        )
    except sessions.NotAssumableError as error:
        raise bad_request(
            f"The data access role that you specified can't be used: {error}"
        ) from error


def _require_output_key(request: Request) -> None:
    """Ask whoever makes the request for the right to the key too, not only the job's role.

    Source: ``OutputEncryptionKMSKeyId`` of StartTranscriptionJob in the API reference, which does
    not say whether Transcribe or S3 uses the key for the caller: either may.
    """
    key = request.get("OutputEncryptionKMSKeyId")
    if not key:
        return
    bucket, name = request["OutputBucketName"], requests.output_key(request)
    arn = f"arn:{emulator.PARTITION}:s3:::{bucket}/{name}"
    caller, context = authorization.request_caller(), {"aws:s3:arn": arn}
    try:
        with keys.asked_again():
            for service, actions, told in (
                ("s3", ("kms:GenerateDataKey",), context),
                ("transcribe", _KEY_ACTIONS, {}),
            ):
                keys.require_use(caller, actions, key, service=service, encryption_context=told)
    except keys.KeyRefusedError as refused:
        raise bad_request(
            f"The KMS key that you specified can't be used: {refused.message}"
        ) from refused
