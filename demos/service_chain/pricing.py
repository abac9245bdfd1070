"""Price documents by what was counted. Pure."""

from collections.abc import Sequence

from costs.bill import Range, exactly
from costs.service_chain import SHORTEST_BILLED, Amounts, per_documents
from demos.results import Cost
from demos.service_chain.results import Document


def amounts_of(document: Document) -> Amounts:
    """Say what a document used, as it was billed and as its histories tell."""
    b, run = document.billed, document.run
    audio = b.audio_seconds
    return Amounts(
        documents=1,
        audio_seconds=Range(audio, max(audio, SHORTEST_BILLED) if audio else 0),
        translated_characters=exactly(b.translated_characters),
        comprehend_units=exactly(b.comprehend_units),
        speech_characters=exactly(b.speech_characters),
        transitions=exactly(run.transitions if run else 0),
        invocations=exactly(run.invocations if run else 0),
        children=exactly(run.children if run else 0),
        text_bytes=float(sum(len(v.text.encode()) for v in document.versions)),
        media_bytes=exactly(document.size_bytes if document.kind == "audio" else 0),
    )


def costs(amounts: Sequence[Amounts]) -> tuple[Cost, ...]:
    """Price documents together."""
    bills = [per_documents(amount) for amount in amounts]
    return tuple(
        Cost(lines[0].item, sum(x.low for x in lines), sum(x.high for x in lines), lines[0].why)
        for lines in zip(*bills, strict=True)
        if any(x.high for x in lines)
    )
