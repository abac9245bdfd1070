"""The last stage: put the document together, write it once, tell. Pure."""

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import invoke
from stacks.service_chain.stages.capacity import wait_for_room
from stacks.service_chain.stages.endings import CATCH_ALL, NOT_TOLD, publish
from stacks.service_chain.stages.function_spec import LARGE_MIB, FunctionSpec
from stacks.service_chain.stages.rights import Access
from stacks.service_chain.stages.stage import Stage
from stacks.shared.asl import INPUT, States, jsonata

START = "AssembleDocument"
ASSEMBLE_SECONDS = 120


def assemble(settings: ServiceChain) -> Stage:
    """Write the document and tell subscribers; always on.

    Once the document is there, nothing turns the outcome into a failure record.
    """
    function = FunctionSpec(
        "AssembleDocument",
        entry="assemble_document",
        timeout_seconds=ASSEMBLE_SECONDS,
        memory_mib=LARGE_MIB,
        environment={
            "REDACT_CONFIDENCE": str(settings.redact_confidence),
            "REDACT": str(settings.redact).lower(),
        },
        access=Access(reads=("insights/", *_texts(settings)), writes=("documents/",)),
    )
    variables = (
        *("identified", "read", "language", "split"),
        *("translations", "insights", "redactions", "speech"),
    )

    def states(next_: str) -> States:
        return {
            START: invoke(
                function,
                {
                    "input": jsonata(INPUT),
                    **{name: jsonata(f"${name}") for name in variables},
                    "started_at": jsonata("$states.context.Execution.StartTime"),
                    "execution": jsonata("$states.context.Execution.Id"),
                },
                assign={"document": jsonata("$states.result.Payload")},
                room=wait_for_room(settings),
                catches=[CATCH_ALL],
                next_="PublishSuccess",
            ),
            "PublishSuccess": publish(
                "succeeded",
                {
                    "document_id": f"{INPUT}.document_id",
                    "document_key": "$document.document_key",
                    "summary": "$document.summary",
                },
                otherwise=NOT_TOLD,
                next_=next_,
            ),
        }

    return Stage(states, functions=(function,))


def _texts(settings: ServiceChain) -> tuple[str, ...]:
    """Say where the texts are that are read again for what was flagged in them."""
    if not (settings.analyzes and settings.redact):
        return ()
    return ("texts/", "translations/") if settings.translate_to else ("texts/",)
