"""The stage that has a text in hand: read from an object, or from what Transcribe heard. Pure."""

from typing import Any

from stacks.service_chain.codes import base_of
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import invoke
from stacks.service_chain.stages.assemble import START as ASSEMBLE
from stacks.service_chain.stages.capacity import wait_for_room
from stacks.service_chain.stages.endings import CATCH_ALL
from stacks.service_chain.stages.function_spec import LARGE_MIB, FunctionSpec
from stacks.service_chain.stages.rights import Access
from stacks.service_chain.stages.stage import Stage
from stacks.shared.asl import INPUT, States, choose, jsonata, pick


def read(settings: ServiceChain) -> Stage:
    """Read the text; without any there is nothing to do but to say so. Always on."""
    function = FunctionSpec(
        "ReadDocument",
        entry="read_document",
        timeout_seconds=300,
        memory_mib=LARGE_MIB,
        access=Access(
            reads=("work/",),
            writes=("work/", "texts/", "transcripts/"),
            reads_inbox=True,
            needs_list_bucket=("Inbox", "Results"),
        ),
    )

    def states(next_: str) -> States:
        return {
            "ReadDocument": invoke(
                function,
                {
                    **pick(INPUT, "document_id", "attempt", "bucket", "key", "version_id"),
                    **pick("$identified", "kind", "encoding", "markup"),
                },
                assign={
                    "read": jsonata("$states.result.Payload"),
                    "language": _language(settings),
                },
                room=wait_for_room(settings),
                catches=[CATCH_ALL],
                next_="HasText",
            ),
            "HasText": choose(("$read.empty", ASSEMBLE), otherwise=next_),
        }

    return Stage(states, functions=(function,))


def _language(settings: ServiceChain) -> Any:
    """Take the language from the settings or from the transcript, as far as they know it."""
    if settings.language:
        code = settings.language
        return {"code": code, "base": base_of(code), "source": "setting", "score": None}
    known = "$states.result.Payload"
    return {
        "code": jsonata(f"{known}.language_code"),
        "base": jsonata(f"{known}.language"),
        "source": "transcript",
        "score": jsonata(f"{known}.language_score"),
    }
