"""The chain as a state machine, made of the stages that the settings ask for. Pure."""

import json
import re
from typing import Any

from stacks.service_chain.chain.asl import States
from stacks.service_chain.chain.comprehend import analyze
from stacks.service_chain.chain.failure import RECORDS, record_failure
from stacks.service_chain.chain.finish import finish
from stacks.service_chain.chain.identify import identify
from stacks.service_chain.chain.pace import milliseconds_apart, wait_for_turn
from stacks.service_chain.chain.read import read, split
from stacks.service_chain.chain.resume import record_lost, resume
from stacks.service_chain.chain.speak import speak
from stacks.service_chain.chain.transcribe import job_prefix, transcribe
from stacks.service_chain.chain.translate import translate
from stacks.service_chain.settings import ServiceChain
from stacks.settings import Quotas

__all__ = ["chain", "functions_of", "job_prefix", "record_lost", "resume"]

HOUR = 3600


def chain(settings: ServiceChain, quotas: Quotas, *, stack_name: str) -> dict[str, Any]:
    """Describe the machine; names in ``${…}`` are filled in when it is deployed."""

    def apart(quota: float) -> int:
        return milliseconds_apart(quota, settings.quota_share)

    def turn(api: str, noun: str, quota: float, next_: str) -> States:
        return wait_for_turn(api, noun, apart=apart(quota), next_=next_, catches=[RECORDS])

    done = "AssembleDocument"
    stages: list[States] = [finish(), record_failure()]
    if settings.speak:
        stages.append(speak(settings, apart=apart(quotas.polly_start_per_second), next_=done))
    after_analysis = "SpeakAll" if settings.speak else done
    if settings.analyzes:
        batch = apart(quotas.comprehend_batch_per_second)
        stages.append(analyze(settings, apart=batch, next_=after_analysis))
    after_translation = "AnalyzeAll" if settings.analyzes else after_analysis
    if settings.translate_to:
        text = apart(quotas.translate_text_per_second)
        stages.append(translate(settings, apart=text, next_=after_translation))
    after_split = "TranslateAll" if settings.translate_to else after_translation
    if settings.splits:
        stages.append(split(settings, next_=after_split))
    after_language = "SplitText" if settings.splits else after_split

    detect = quotas.comprehend_detect_per_second
    pace = turn("comprehend_detect_language", "Language", detect, "DetectLanguage")
    known = bool(settings.language)
    stages.append(read(settings, pace={} if known else pace, next_=after_language, done=done))
    if settings.transcribe:
        start = quotas.transcribe_start_per_second
        pace = turn("transcribe_start", "Transcribe", start, "StartTranscription")
        prefix = job_prefix(stack_name)
        stages.append(transcribe(settings, prefix=prefix, pace=pace, next_="ReadDocument"))
    audio = "CopyMedia" if settings.transcribe else None
    stages.append(identify(audio=audio, text="ReadDocument"))

    states = {name: state for stage in reversed(stages) for name, state in stage.items()}
    return {
        "Comment": "One execution for each version of each object in the inbox.",
        "QueryLanguage": "JSONata",
        "StartAt": "Identify",
        # A last resort: what waits longest gives up by itself before that, and is recorded.
        "TimeoutSeconds": (settings.execution_hours + 1) * HOUR,
        "States": states,
    }


def functions_of(definition: dict[str, Any]) -> set[str]:
    """Return the functions that a machine invokes, by the names that it has for them."""
    return set(re.findall(r'"FunctionName": "\$\{(\w+)\}"', json.dumps(definition)))
