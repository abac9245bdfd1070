"""The stage that turns a recording into a transcript, and waits without anything running. Pure."""

from functools import partial
from typing import Any

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.endings import CATCH_ALL
from stacks.service_chain.stages.rate_limit import TAKES_TURNS, acquire
from stacks.service_chain.stages.rights import (
    Access,
    OnKey,
    OnResource,
    OnTable,
    PassRole,
    Right,
    Unscoped,
)
from stacks.service_chain.stages.stage import Stage
from stacks.settings import Quotas
from stacks.shared.asl import (
    INPUT,
    States,
    call,
    catch,
    choose,
    error,
    jsonata,
    retry,
    start_of,
    template,
)

COPY_SECONDS = 600  # for two gigabytes within a Region; AWS gives no figure
TOKEN_DAYS = 31  # longer than any execution waits, and then the table forgets
FAILED = "TranscriptionFailed"


def job_prefix(stack_name: str) -> str:
    """Begin the names of a stack's jobs so that no other stack's begin likewise.

    The dot does that: it cannot be part of the name of a stack, such as ``ServiceChain-prod``.
    """
    return f"{stack_name}.job-"


def transcribe(settings: ServiceChain, quotas: Quotas, *, stack_name: str) -> Stage | None:
    """Have recordings transcribed, and let all else pass; on by default.

    Copy the recording, start the job, wait to be called back, look for oneself now and then.
    """
    if not settings.transcribe:
        return None
    prefix = job_prefix(stack_name)
    return Stage(
        partial(_states, settings, quotas, prefix),
        access=Access(writes=("work/",), reads_inbox=True),
        rights=_rights(prefix),
    )


def _states(settings: ServiceChain, quotas: Quotas, prefix: str, next_: str) -> States:
    turn = acquire(
        "transcribe_start",
        "Transcribe",
        quota=quotas.transcribe_start_per_second,
        share=settings.quota_share,
        catches=[CATCH_ALL],
        next_="StartTranscription",
    )
    job_name = jsonata(f"'{prefix}' & {INPUT}.document_id & '-' & $string({INPUT}.attempt)")
    patience = settings.execution_hours * 3600_000
    gave_up_at = f"$toMillis($states.context.Execution.StartTime) + {patience}"
    forgotten_at = f"$string($floor($millis() / 1000) + {TOKEN_DAYS * 86400})"
    return {
        "ByKind": choose(("$identified.kind = 'audio'", "CopyMedia"), otherwise=next_),
        # Transcribe cannot name a version, and trips over keys that S3 takes.
        "CopyMedia": call(
            "s3",
            "copyObject",
            {
                "Bucket": "${ResultsBucket}",
                "Key": jsonata("$identified.media_key"),
                "CopySource": jsonata(f"{INPUT}.copy_source"),
                "MetadataDirective": "REPLACE",
                "TaggingDirective": "REPLACE",
            },
            seconds=COPY_SECONDS,
            catches=[CATCH_ALL],
            next_=start_of(turn),
        ),
        **turn,
        "StartTranscription": call(
            "transcribe",
            "startTranscriptionJob",
            {"TranscriptionJobName": job_name, **_job(settings)},
            # A name is taken by the very job: started before a reply was lost.
            catches=[
                catch(error("transcribe", "ConflictException"), next_="AwaitTranscription"),
                CATCH_ALL,
            ],
            next_="AwaitTranscription",
        ),
        "AwaitTranscription": {
            **call(
                "dynamodb",
                "putItem.waitForTaskToken",
                {
                    "TableName": "${Callbacks}",
                    "Item": {
                        "job_name": {"S": job_name},
                        "token": {"S": jsonata("$states.context.Task.Token")},
                        "expires_at": {"N": jsonata(forgotten_at)},
                    },
                },
                seconds=settings.execution_hours * 3600,
                catches=[
                    # Events come as a rule and not always; why a job failed, only Transcribe tells.
                    catch("States.HeartbeatTimeout", FAILED, next_="GetTranscription"),
                    CATCH_ALL,
                ],
                next_=next_,
            ),
            "HeartbeatSeconds": settings.reconcile_seconds,
            # No heartbeat is ever sent: its timeout is the alarm clock. States.Timeout means both.
            "Retry": retry([FAILED, "States.Timeout"]),
        },
        "GetTranscription": call(
            "transcribe",
            "getTranscriptionJob",
            {"TranscriptionJobName": job_name},
            assign={
                "job_status": jsonata("$states.result.TranscriptionJob.TranscriptionJobStatus"),
                "failure": {
                    "state": "AwaitTranscription",
                    "error": FAILED,
                    "cause": jsonata(
                        "$exists($states.result.TranscriptionJob.FailureReason)"
                        " ? $states.result.TranscriptionJob.FailureReason"
                        f" : 'not done after {settings.execution_hours} hours'"
                    ),
                },
            },
            catches=[CATCH_ALL],
            next_="TranscriptionDone",
        ),
        "TranscriptionDone": choose(
            ("$job_status = 'COMPLETED'", next_),
            (f"$job_status = 'FAILED' or $millis() >= {gave_up_at}", "RecordFailure"),
            otherwise="AwaitTranscription",
        ),
    }


def _job(settings: ServiceChain) -> dict[str, Any]:
    """Describe a job, but for its name."""
    language: dict[str, Any] = {"LanguageCode": settings.language}
    if not settings.language:
        language = {"IdentifyLanguage": True}
        if settings.identify_among:
            language["LanguageOptions"] = list(settings.identify_among)
    return {
        "Media": {"MediaFileUri": template("s3://${ResultsBucket}/<$identified.media_key>")},
        "MediaFormat": jsonata("$identified.media_format"),
        "OutputBucketName": "${ResultsBucket}",
        "OutputKey": jsonata("$identified.transcription_key"),
        "OutputEncryptionKMSKeyId": "${Key}",
        # A job that finds a hundred others running waits for them, rather than be refused.
        "JobExecutionSettings": {
            "AllowDeferredExecution": True,
            "DataAccessRoleArn": "${TranscribeRole}",
        },
        **language,
        **_job_settings(settings),
    }


def _job_settings(settings: ServiceChain) -> dict[str, Any]:
    """Name the vocabulary, and ask for a speaker on each channel where there are two."""
    if settings.speakers == "channels":
        vocabulary = [f"'VocabularyName': '{settings.vocabulary}'"] if settings.vocabulary else []
        apart = ", ".join([*vocabulary, "'ChannelIdentification': true"])
        together = ", ".join(vocabulary)
        return {"Settings": jsonata(f"$identified.channels = 2 ? {{{apart}}} : {{{together}}}")}
    return {"Settings": {"VocabularyName": settings.vocabulary}} if settings.vocabulary else {}


def _rights(prefix: str) -> tuple[Right, ...]:
    return (
        TAKES_TURNS,
        OnTable("Callbacks", "dynamodb:PutItem"),
        # Who asks for a job needs the key of its output; how Transcribe uses it AWS does not say:
        # https://docs.aws.amazon.com/transcribe/latest/dg/data-encryption.html
        OnKey(("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"), "transcribe"),
        PassRole("TranscribeRole", "transcribe"),
        OnResource(
            "transcribe:GetTranscriptionJob",
            "transcribe",
            f"transcription-job/{prefix}*",
            because="A job is named after its document; the grant stops at the stack's prefix.",
        ),
        Unscoped(
            "StartTranscription",
            ("transcribe:StartTranscriptionJob",),
            because="A job has no ARN before it is started, so there is no resource to scope to.",
        ),
    )
