"""The last stage: put the document together, write it once, tell. Pure."""

from stacks.service_chain.chain.asl import INPUT, States, invoke, jsonata
from stacks.service_chain.chain.failure import NOT_TOLD, RECORDS, publish

ASSEMBLE_SECONDS = 120


def finish() -> States:
    """Write the document; once it is there, nothing turns the outcome into a failure record."""
    variables = (
        *("identified", "read", "language", "split"),
        *("translations", "insights", "redactions", "speech"),
    )
    return {
        "AssembleDocument": invoke(
            "AssembleDocument",
            {
                "input": jsonata(INPUT),
                **{name: jsonata(f"${name}") for name in variables},
                "started_at": jsonata("$states.context.Execution.StartTime"),
                "execution": jsonata("$states.context.Execution.Id"),
            },
            seconds=ASSEMBLE_SECONDS,
            assign={"document": jsonata("$states.result.Payload")},
            catches=[RECORDS],
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
            next_="Succeed",
        ),
        "Succeed": {"Type": "Succeed", "Output": {}},
        NOT_TOLD: {
            "Type": "Fail",
            "Error": NOT_TOLD,
            "Cause": "the document is written, and nobody was told",
        },
    }
