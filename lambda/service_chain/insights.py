"""What Comprehend says of the batches of a text, as one account of the whole text."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from service_chain.batches import Batch
from service_chain.billing import comprehend_units
from service_chain.failures import Incomplete
from service_chain.graphemes import is_plain, whole
from service_chain.mentions import Mentions, place_of
from service_chain.redaction import flags
from service_chain.sentiment import overall, segment

SCHEMA_VERSION = 1
BATCH_OPERATIONS = ("sentiment", "entities", "key_phrases")
# Whose replies lie in one object: each is kept by one branch of the machine, where no more fit.
REPLY_GROUPS = {"phrases": ("sentiment", "key_phrases"), "names": ("entities", "pii")}


def operations(*, with_pii: bool) -> tuple[str, ...]:
    """Name the operations that every batch goes through."""
    return (*BATCH_OPERATIONS, "pii") if with_pii else BATCH_OPERATIONS


class Insights:
    """An account that grows batch by batch; all places become characters of the whole text."""

    def __init__(self, *, with_pii: bool, confidence: float) -> None:
        self._confidence = confidence
        self._segments: list[dict[str, Any]] = []
        self._entities = Mentions()
        self._key_phrases = Mentions()
        self._pii: list[dict[str, Any]] = []
        self._with_pii = with_pii
        self._units = dict.fromkeys(operations(with_pii=with_pii), 0)

    def add(self, batch: Batch, replies: Mapping[str, Mapping[str, Any] | None]) -> None:
        """Add what Comprehend replied to each operation on a batch.

        Raises Incomplete where a reply, or the result for one of the texts, is not there.
        """
        sentiments = _results(batch, replies, "sentiment")
        for index, text in enumerate(batch.texts):
            begin = batch.offsets[index]
            score = sentiments[index]["SentimentScore"]
            self._segments.append(segment(begin, begin + len(text), score))
        self._name(self._entities, batch, _results(batch, replies, "entities"), "Entities")
        self._name(self._key_phrases, batch, _results(batch, replies, "key_phrases"), "KeyPhrases")
        for operation in BATCH_OPERATIONS:
            self._units[operation] += comprehend_units(batch.texts)
        if self._with_pii:
            self._flag(batch, _reply(batch, replies, "pii"))
            self._units["pii"] += comprehend_units([batch.text])

    def record(self, document_id: str, language: str, characters: int) -> dict[str, Any]:
        """Write the account of a text of so many characters, full lists and all."""
        pii = _united(self._pii)
        flagged = flags(pii, self._confidence)
        return {
            "schema_version": SCHEMA_VERSION,
            "document_id": document_id,
            "language": language,
            "characters": characters,
            "sentiment": overall(self._segments),
            "segments": sorted(self._segments, key=lambda part: part["begin"]),
            "entities": self._entities.entries(flagged),
            "key_phrases": self._key_phrases.entries(flagged),
            "pii": pii if self._with_pii else None,
            "units": self._units,
        }

    @staticmethod
    def _name(
        mentions: Mentions, batch: Batch, results: Mapping[int, Mapping[str, Any]], member: str
    ) -> None:
        for index, text in enumerate(batch.texts):
            offset = batch.offsets[index]
            for found, begin, end in _placed(batch, results[index].get(member, ()), text):
                kind, score = found.get("Type", ""), float(found.get("Score", 0.0))
                mentions.add(text[begin:end], kind, offset + begin, score)

    def _flag(self, batch: Batch, reply: Mapping[str, Any]) -> None:
        offset = batch.begin
        for found, begin, end in _placed(batch, reply.get("Entities", ()), batch.text):
            score = float(found.get("Score", 0.0))
            self._pii.append(
                {
                    "type": found["Type"],
                    "begin": offset + begin,
                    "end": offset + end,
                    "score": score,
                }
            )


def _placed(
    batch: Batch, findings: Iterable[Mapping[str, Any]], text: str
) -> Iterator[tuple[Mapping[str, Any], int, int]]:
    """Find where each finding begins and ends in a text; what is nothing but blanks is left out."""
    plain = is_plain(text)
    try:
        for found in findings:
            if place := place_of(found, text):
                begin, end = place if plain else whole(text, *place)
                yield found, begin, end
    except ValueError as error:
        problem = f"batch {batch.n} has a reply with {error}"
        raise Incomplete(problem) from None


def _reply(
    batch: Batch, replies: Mapping[str, Mapping[str, Any] | None], operation: str
) -> Mapping[str, Any]:
    reply = replies.get(operation)
    if reply is None:
        problem = f"batch {batch.n} has no reply to {operation}; want one for every batch"
        raise Incomplete(problem)
    return reply


def _results(
    batch: Batch, replies: Mapping[str, Mapping[str, Any] | None], operation: str
) -> dict[int, Mapping[str, Any]]:
    """Find the result for each text, in whatever order they come; one listed twice counts once."""
    reply = _reply(batch, replies, operation)
    results: dict[int, Mapping[str, Any]] = {}
    for result in reply.get("ResultList", ()):
        results.setdefault(result["Index"], result)
    missing = set(range(len(batch.texts))) - results.keys()
    if reply.get("ErrorList") or missing:
        codes = sorted({str(error.get("ErrorCode")) for error in reply.get("ErrorList", ())})
        problem = (
            f"batch {batch.n} has no {operation} of texts {sorted(missing)}"
            f" and errors {codes}; want a result for each of {len(batch.texts)} texts"
        )
        raise Incomplete(problem)
    return results


def _united(pii: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Unite spans of the same type that overlap, with the best of their scores, in order."""
    united: list[dict[str, Any]] = []
    last: dict[str, dict[str, Any]] = {}
    for entry in sorted(pii, key=lambda e: (e["begin"], e["end"], e["type"])):
        before = last.get(entry["type"])
        if before and entry["begin"] < before["end"]:
            before["end"] = max(before["end"], entry["end"])
            before["score"] = max(before["score"], entry["score"])
        else:
            last[entry["type"]] = dict(entry)
            united.append(last[entry["type"]])
    return united
