"""The chain as a state machine, linked of the stages that the settings ask for. Pure."""

from collections.abc import Sequence
from typing import Any

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.analyze import analyze
from stacks.service_chain.stages.assemble import assemble
from stacks.service_chain.stages.detect_language import detect_language
from stacks.service_chain.stages.endings import RECORD_FAILURE, endings
from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.service_chain.stages.identify import identify
from stacks.service_chain.stages.read import read
from stacks.service_chain.stages.speak import speak
from stacks.service_chain.stages.split import split
from stacks.service_chain.stages.stage import Stage
from stacks.service_chain.stages.transcribe import transcribe
from stacks.service_chain.stages.translate import translate
from stacks.settings import Quotas
from stacks.shared.asl import start_of

HOUR = 3600


def stages(settings: ServiceChain, quotas: Quotas, *, stack_name: str) -> list[Stage]:
    """List the stages that are on, in the order in which a document goes through them."""
    every = (
        identify(settings),
        transcribe(settings, quotas, stack_name=stack_name),
        read(settings),
        detect_language(settings, quotas),
        split(settings),
        translate(settings, quotas),
        analyze(settings, quotas),
        speak(settings, quotas),
        assemble(settings),
    )
    return [stage for stage in every if stage]


def link(linked: Sequence[Stage], settings: ServiceChain) -> dict[str, Any]:
    """Link stages, each to the one after it; names in ``${…}`` are filled in at deployment."""
    states = endings(settings)
    for stage in reversed(linked):
        states = {**stage.states(start_of(states)), **states}
    return {
        "Comment": "One execution for each version of each object in the inbox.",
        "QueryLanguage": "JSONata",
        "StartAt": start_of(states),
        # A last resort: what waits longest gives up by itself before that, and is recorded.
        "TimeoutSeconds": (settings.execution_hours + 1) * HOUR,
        "States": states,
    }


def functions_of(linked: Sequence[Stage]) -> list[FunctionSpec]:
    """List the functions that linked stages invoke."""
    return [*(function for stage in linked for function in stage.functions), RECORD_FAILURE]
