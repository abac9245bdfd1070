"""What a document tells of the names and phrases in its text, where redaction is on."""

from collections.abc import Iterable, Mapping
from typing import Any

from service_chain.mentions import masks
from service_chain.personal_words import NAME, PersonalWords
from service_chain.redaction import Flag, flags, redact

# Where nobody tells whether a name is personal, every one may be. Among what has no other type are
# e-mail addresses, telephone numbers and names of accounts.
_UNCHECKED = {"PERSON": NAME, "OTHER": "OTHER"}

Entry = Mapping[str, Any]


def masked(account: Mapping[str, Any], personal: PersonalWords) -> dict[str, list[Entry]]:
    """Mask the entities and key phrases of an account, wherever something personal is in them.

    That is what was flagged at this place, or in any language of the document. In a language
    without detection of personal data it is every person, too, and all that has no other type.
    """
    known, unchecked = personal, list[Flag]()
    if account["pii"] is None:
        known = personal.copy()
        unchecked = _learned(account["entities"], known)
    begins = [flag.begin for flag in unchecked]

    def told(entry: Entry) -> Entry:
        text = entry.get("masked", entry["text"])
        text = redact(text, masks(text, entry["offsets"], unchecked, begins))
        return {**entry, "text": known.mask(text)}

    return {
        member: [told(entry) for entry in account[member]] for member in ("entities", "key_phrases")
    }


def _learned(entities: Iterable[Entry], personal: PersonalWords) -> list[Flag]:
    """Learn the entities that nobody checked; find where they stand."""
    spans = []
    for entity in entities:
        if entity["type"] in _UNCHECKED:
            kind = personal.add(entity["text"], _UNCHECKED[entity["type"]])
            spans += [
                {"type": kind, "begin": begin, "end": end, "score": 1.0}
                for begin, end in entity["offsets"]
            ]
    return flags(spans, 0)
