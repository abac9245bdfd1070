"""The stage that cuts a text into what Translate, Comprehend and Polly take. Pure."""

import json
from collections.abc import Mapping

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import invoke
from stacks.service_chain.stages.capacity import wait_for_room
from stacks.service_chain.stages.endings import CATCH_ALL
from stacks.service_chain.stages.function_spec import LARGE_MIB, FunctionSpec
from stacks.service_chain.stages.rights import Access
from stacks.service_chain.stages.stage import Stage
from stacks.shared.asl import INPUT, States, jsonata


def split(settings: ServiceChain) -> Stage | None:
    """Cut the text; on where anything is translated or analysed."""
    if not settings.splits:
        return None
    function = FunctionSpec(
        "SplitText",
        entry="split_text",
        timeout_seconds=600,
        memory_mib=LARGE_MIB,
        environment=piece_settings(settings),
        access=Access(reads=("work/",), writes=("work/", "translations/")),
    )

    def states(next_: str) -> States:
        return {
            "SplitText": invoke(
                function,
                {
                    "document_id": jsonata(f"{INPUT}.document_id"),
                    "language": jsonata("$language.base"),
                    "targets": list(settings.translate_to),
                },
                assign={"split": jsonata("$states.result.Payload")},
                room=wait_for_room(settings),
                catches=[CATCH_ALL],
                next_=next_,
            )
        }

    return Stage(states, functions=(function,))


def piece_settings(settings: ServiceChain) -> Mapping[str, str]:
    """Say in a function's environment how texts are cut, and for whom."""
    return {
        "ANALYZE": settings.analyze if settings.comprehend else "none",
        "CHUNK_BYTES": str(settings.translate_chunk_bytes),
        "ITEM_BYTES": str(settings.comprehend_item_bytes),
        "VOICES": json.dumps(settings.voices if settings.speak else {}, sort_keys=True),
    }
