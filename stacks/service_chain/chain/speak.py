"""The stage that speaks the translations. Pure."""

import json

from stacks.service_chain.chain.asl import (
    GIVEN,
    INPUT,
    ITEM,
    States,
    call,
    choose,
    for_each,
    for_each_line,
    jsonata,
    members,
    spliced,
)
from stacks.service_chain.chain.failure import RECORDS, ChildFailure
from stacks.service_chain.chain.pace import wait_for_turn
from stacks.service_chain.settings import ServiceChain

LOOK_SECONDS = 10
LOOKS = 180  # half an hour; a piece of 50,000 characters takes Polly minutes
CONCURRENCY = 2


def speak(settings: ServiceChain, *, apart: int, next_: str) -> States:
    """Speak the translations that have a voice, in pieces, one sound file each."""
    one = {
        "SpeakPieces": for_each_line(
            "work/<$states.input.document_id>/speech/<$states.input.language>.jsonl",
            {
                **members(GIVEN, "document_id", "attempt", "language"),
                **members(ITEM, "n", "text"),
            },
            _speak_piece(settings, apart=apart),
            label="SpeakPieces",
            concurrency=CONCURRENCY,
            next_=None,
        )
    }
    return {
        "SpeakAll": for_each(
            "$append($split.speak, $translations[pieces > 0])",
            {
                **members(INPUT, "document_id", "attempt"),
                **members(ITEM, "language"),
            },
            one,
            # A list of files for each language, made one list.
            Assign={"speech": jsonata("$reduce($states.result, $append, [])")},
            Output={},
            Catch=[RECORDS],
            next_=next_,
        )
    }


def _speak_piece(settings: ServiceChain, *, apart: int) -> States:
    failure = ChildFailure("Speech")
    voices = json.dumps(dict(sorted(settings.voices.items())))
    folder = (
        "speech/<$states.input.language>/<$states.input.document_id>/<$string($states.input.n)>"
    )
    return {
        **wait_for_turn(
            "polly_start", "Speech", apart=apart, next_="StartSpeech", catches=[failure.catch]
        ),
        "StartSpeech": call(
            "polly",
            "startSpeechSynthesisTask",
            {
                "Text": jsonata("$states.input.text"),
                "VoiceId": jsonata(f"$lookup({voices}, $states.input.language)"),
                "OutputFormat": "mp3",
                "OutputS3BucketName": "${ResultsBucket}",
                "OutputS3KeyPrefix": spliced(folder),
            },
            assign={"task_id": jsonata("$states.result.SynthesisTask.TaskId"), "looks": 0},
            output=jsonata("$states.input"),
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
            output=jsonata("$states.input"),
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
                **members(GIVEN, "language"),
                # Polly adds the task to the name.
                "uri": spliced("s3://${ResultsBucket}/" + folder + ".<$task_id>.mp3"),
            },
        },
        "NotSpoken": {
            "Type": "Pass",
            "Output": {
                **members(GIVEN, "document_id", "attempt"),
                "state": "GetSpeech",
                "error": "SpeechFailed",
                "cause": jsonata("$task_reason"),
            },
            "Next": "PutSpeechFailure",
        },
        **failure.states(),
    }
