"""The first stage: tell what came, and begin with nothing found in it. Pure."""

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import invoke
from stacks.service_chain.stages.capacity import wait_for_room
from stacks.service_chain.stages.endings import CATCH_ALL
from stacks.service_chain.stages.function_spec import FunctionSpec
from stacks.service_chain.stages.rights import Access
from stacks.service_chain.stages.stage import Stage
from stacks.shared.asl import INPUT, States, jsonata, pick

# What the stages to come find, each its own: as it is where one is off, or has nothing to do.
NOTHING_FOUND = {
    "split": {"chunks": 0, "translate": [], "analyze": [], "skipped": [], "speak": []},
    "translations": [],
    "insights": [],
    "redactions": [],
    "speech": [],
}


def identify(settings: ServiceChain) -> Stage:
    """Tell a recording from a text, or refuse what is neither; always on."""
    function = FunctionSpec(
        "Identify",
        entry="identify",
        timeout_seconds=60,
        environment={
            "TRANSCRIBE": str(settings.transcribe).lower(),
            "MAX_TEXT_BYTES": str(settings.max_text_bytes),
        },
        access=Access(reads_inbox=True, needs_list_bucket=("Inbox",)),
    )

    def states(next_: str) -> States:
        return {
            "Identify": invoke(
                function,
                pick(INPUT, "document_id", "attempt", "bucket", "key", "version_id", "size"),
                assign={"identified": jsonata("$states.result.Payload"), **NOTHING_FOUND},
                room=wait_for_room(settings),
                catches=[CATCH_ALL],
                next_=next_,
            )
        }

    return Stage(states, functions=(function,))
