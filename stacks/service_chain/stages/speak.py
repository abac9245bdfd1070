"""The stage that speaks the translations. Pure."""

import json

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import ITEM, for_each, for_each_line
from stacks.service_chain.stages.endings import CATCH_ALL, ChildFailure
from stacks.service_chain.stages.rate_limit import TAKES_TURNS, acquire
from stacks.service_chain.stages.rights import Access, Unscoped
from stacks.service_chain.stages.stage import Stage
from stacks.settings import Quotas
from stacks.shared.asl import (
    INPUT,
    STATE_INPUT,
    States,
    call,
    choose,
    jsonata,
    pick,
    template,
)

LOOK_SECONDS = 10
LOOKS = 180  # half an hour; a piece of 50,000 characters takes Polly minutes
CONCURRENCY = 2


def speak(settings: ServiceChain, quotas: Quotas) -> Stage | None:
    """Speak the translations that have a voice, in pieces, one sound file each; off by default."""
    if not settings.speak:
        return None
    one = {
        "SpeakPieces": for_each_line(
            f"{STATE_INPUT}.pieces_key",
            {
                **pick(STATE_INPUT, "document_id", "attempt", "first_failure_key", "language"),
                **pick(ITEM, "n", "text", "key_prefix"),
            },
            _speak_piece(settings, quotas),
            label="SpeakPieces",
            concurrency=CONCURRENCY,
            next_=None,
        )
    }

    def states(next_: str) -> States:
        return {
            "SpeakAll": for_each(
                "$append($split.speak, $translations[pieces > 0])",
                {
                    **pick(INPUT, "document_id", "attempt"),
                    **pick("$split", "first_failure_key"),
                    **pick(ITEM, "language", "pieces_key"),
                },
                one,
                # A list of files for each language, made one list.
                Assign={"speech": jsonata("$reduce($states.result, $append, [])")},
                Output={},
                Catch=[CATCH_ALL],
                next_=next_,
            )
        }

    synthesis = Unscoped(
        "Speak",
        ("polly:StartSpeechSynthesisTask", "polly:GetSpeechSynthesisTask"),
        because="A task has no ARN and no lexicon is used, so there is no resource to scope to.",
    )
    return Stage(
        states,
        maps=("SpeakPieces",),
        # Polly writes with the rights of who asks it to.
        access=Access(reads=("work/",), writes=("work/", "speech/")),
        rights=(TAKES_TURNS, synthesis),
    )


def _speak_piece(settings: ServiceChain, quotas: Quotas) -> States:
    failure = ChildFailure("Speech")
    voices = json.dumps(dict(sorted(settings.voices.items())))
    return {
        **acquire(
            "polly_start",
            "Speech",
            quota=quotas.polly_start_per_second,
            share=settings.quota_share,
            catches=[failure.catch],
            next_="StartSpeech",
        ),
        "StartSpeech": call(
            "polly",
            "startSpeechSynthesisTask",
            {
                "Text": jsonata(f"{STATE_INPUT}.text"),
                "VoiceId": jsonata(f"$lookup({voices}, {STATE_INPUT}.language)"),
                "OutputFormat": "mp3",
                "OutputS3BucketName": "${ResultsBucket}",
                "OutputS3KeyPrefix": jsonata(f"{STATE_INPUT}.key_prefix"),
            },
            assign={"task_id": jsonata("$states.result.SynthesisTask.TaskId"), "looks": 0},
            output=jsonata(STATE_INPUT),
            catches=[failure.catch],
            next_="WaitForSpeech",
        ),
        "WaitForSpeech": {
            "Type": "Wait",
            "Seconds": LOOK_SECONDS,
            "Assign": {"looks": jsonata("$looks + 1")},
            "Next": "GetSpeech",
        },
        "GetSpeech": call(
            "polly",
            "getSpeechSynthesisTask",
            {"TaskId": jsonata("$task_id")},
            assign={
                "task_status": jsonata("$states.result.SynthesisTask.TaskStatus"),
                "task_reason": jsonata(
                    "$exists($states.result.SynthesisTask.TaskStatusReason)"
                    " ? $states.result.SynthesisTask.TaskStatusReason : 'not done in time'"
                ),
            },
            output=jsonata(STATE_INPUT),
            catches=[failure.catch],
            next_="SpeechDone",
        ),
        "SpeechDone": choose(
            ("$task_status = 'completed'", "Spoken"),
            (f"$task_status = 'failed' or $looks >= {LOOKS}", "NotSpoken"),
            otherwise="WaitForSpeech",
        ),
        "Spoken": {
            "Type": "Succeed",
            "Output": {
                **pick(STATE_INPUT, "language"),
                # Polly adds the task to the name.
                "uri": template(
                    f"s3://${{ResultsBucket}}/<{STATE_INPUT}.key_prefix>.<$task_id>.mp3"
                ),
            },
        },
        "NotSpoken": {
            "Type": "Pass",
            "Output": {
                **pick(STATE_INPUT, "attempt", "first_failure_key"),
                "state": "GetSpeech",
                "error": "SpeechFailed",
                "cause": jsonata("$task_reason"),
            },
            "Next": "PutSpeechFailure",
        },
        **failure.states(),
    }
