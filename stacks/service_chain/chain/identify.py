"""The first stage: tell what came, and set out with empty hands. Pure."""

from stacks.service_chain.chain.asl import INPUT, States, choose, invoke, jsonata, members
from stacks.service_chain.chain.failure import RECORDS

IDENTIFY_SECONDS = 60


def identify(*, audio: str | None, text: str) -> States:
    """Go to ``audio`` with a recording (None: they are refused), to ``text`` with all else."""
    is_audio = "$identified.kind = 'audio'"
    nothing_yet = {
        "split": {"chunks": 0, "translate": [], "analyze": [], "skipped": [], "speak": []},
        "translations": [],
        "insights": [],
        "redactions": [],
        "speech": [],
    }
    return {
        "Identify": invoke(
            "Identify",
            members(INPUT, "bucket", "key", "version_id", "size"),
            seconds=IDENTIFY_SECONDS,
            assign={"identified": jsonata("$states.result.Payload"), **nothing_yet},
            catches=[RECORDS],
            next_="ByKind" if audio else text,
        ),
        **({"ByKind": choose((is_audio, audio), otherwise=text)} if audio else {}),
    }
