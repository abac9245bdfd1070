"""The result of a chain: one record per document, and no more of its text than names in it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from service_chain import object_keys
from service_chain.billing import audio_seconds, comprehend_units
from service_chain.masking import masked
from service_chain.personal_words import PersonalWords

SCHEMA_VERSION = 1
MAX_NAMES = 200
_SENTIMENT = ("label", "positive", "negative", "neutral", "mixed")
_NO_SENTIMENT = {"label": "NEUTRAL", "positive": 0.0, "negative": 0.0, "neutral": 0.0, "mixed": 0.0}


def document_of(
    chain: Mapping[str, Any],
    accounts: Mapping[str, Mapping[str, Any]],
    *,
    bucket: str,
    confidence: float,
    personal: PersonalWords | None,
    finished_at: str,
) -> dict[str, Any]:
    """Write the record from what the stages of a chain replied; those left out may be null.

    ``accounts`` are the full insights by language. ``confidence`` is that from which a personal
    span counts. ``personal`` is what was flagged in any of the languages, and is masked in all;
    None where redaction is off, which masks nothing.
    """
    given, read = chain["input"], chain["read"]
    document_id = given["document_id"]
    identified = chain.get("identified") or {}
    language = chain.get("language") or {}
    source = language.get("base") or ""
    split = chain.get("split") or {}
    redactions = {reply["language"]: reply for reply in listed(chain.get("redactions"))}

    def uri(key: str) -> str:
        return object_keys.uri(bucket, key)

    def insight(reply: Mapping[str, Any]) -> dict[str, Any]:
        name = reply["language"]
        redaction = redactions.get(name)
        text_key = object_keys.text_in(document_id, name, source)
        return {
            "language": name,
            "is_source": name == source,
            "text_uri": uri(text_key),
            "insights_uri": uri(object_keys.insights(document_id, name)),
            **_account(accounts[name], confidence, personal),
            "redacted_uri": uri(object_keys.redacted(document_id, name)) if redaction else None,
            "redaction_spans": redaction["spans"] if redaction else None,
        }

    heard = identified.get("kind") in {"audio", "transcript"}
    return {
        "schema_version": SCHEMA_VERSION,
        "document_id": document_id,
        "input": {
            "bucket": given["bucket"],
            "key": given["key"],
            "version_id": given["version_id"],
            "size_bytes": given["size"],
            "event_time": given["event_time"],
            **{name: identified.get(name) for name in ("kind", "media_format", "channels")},
            "encoding": read.get("encoding") or identified.get("encoding"),
        },
        "language": {name: language.get(name) for name in ("code", "base", "source", "score")},
        "characters": read["characters"],
        "words": read.get("words", 0),
        "audio_seconds": _length(chain),
        "text_uri": uri(object_keys.plain_text(document_id)),
        "transcript_uri": uri(object_keys.transcript(document_id)) if heard else None,
        "translations": [
            {
                "language": each["language"],
                "uri": uri(object_keys.translation(document_id, each["language"])),
                "characters": each.get("text_characters", each["characters"]),
            }
            for each in _translations(chain, source)
        ],
        "insights": [insight(reply) for reply in _by_source(listed(chain.get("insights")), source)],
        "skipped_languages": sorted(split.get("skipped") or ()),
        "skipped_stages": sorted(
            listed(split.get("skipped_stages")), key=lambda each: (each["stage"], each["language"])
        ),
        "speech": [
            {"language": each["language"], "uri": each["uri"]}
            for each in sorted(listed(chain.get("speech")), key=lambda e: (e["language"], e["uri"]))
        ],
        "billed": _billed(chain, accounts),
        "started_at": chain.get("started_at"),
        "finished_at": finished_at,
        "attempt": given.get("attempt", 1),
        "execution": chain.get("execution"),
    }


def listed(replies: Any) -> list[Mapping[str, Any]]:
    """Make a list of replies: of a stage that is off there is none, and one is not always in one.

    To JSONata a list of one is the one itself.
    """
    if isinstance(replies, Mapping):
        return [replies]
    return list(replies or ())


def summary_of(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Say of a document what a notification may: nothing that stands in its text."""
    source = next((each for each in document["insights"] if each["is_source"]), None)
    personal = [entry["count"] for each in document["insights"] for entry in each["pii"] or ()]
    return {
        "document_id": document["document_id"],
        "document_key": key,
        "kind": document["input"]["kind"],
        "language": document["language"]["code"] or document["language"]["base"],
        "characters": document["characters"],
        "audio_seconds": document["audio_seconds"],
        "translations": [each["language"] for each in document["translations"]],
        "sentiment": source["sentiment"]["label"] if source else None,
        "pii": sum(personal),
        "skipped_languages": document["skipped_languages"],
        "skipped_stages": document["skipped_stages"],
    }


def _translations(chain: Mapping[str, Any], source: str) -> list[Mapping[str, Any]]:
    translations = listed(chain.get("translations"))
    if (chain.get("split") or {}).get("passed_through"):
        translations.append({"language": source, "characters": chain["read"]["characters"]})
    return sorted(translations, key=lambda each: each["language"])


def _by_source(replies: Iterable[Mapping[str, Any]], source: str) -> list[Mapping[str, Any]]:
    return sorted(replies, key=lambda reply: (reply["language"] != source, reply["language"]))


def _account(
    account: Mapping[str, Any], confidence: float, personal: PersonalWords | None
) -> dict[str, Any]:
    pii = account["pii"]
    told = account if personal is None else masked(account, personal)
    kinds = Counter(e["type"] for e in pii or () if e["score"] >= confidence)
    sentiment = account.get("sentiment") or _NO_SENTIMENT
    return {
        "sentiment": {name: sentiment[name] for name in _SENTIMENT},
        "entities": _best(told["entities"], ("text", "type", "score", "count")),
        "entity_count": len(account["entities"]),
        "key_phrases": _best(told["key_phrases"], ("text", "score", "count")),
        "key_phrase_count": len(account["key_phrases"]),
        "pii": None
        if pii is None
        else [{"type": kind, "count": kinds[kind]} for kind in sorted(kinds)],
    }


def _best(entries: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> list[dict[str, Any]]:
    """Pick the surest names, then the most frequent; those that look alike once masked are one."""
    alike: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        name = {column: entry[column] for column in columns}
        key = (name["text"].casefold(), name.get("type", ""))
        if one := alike.get(key):
            one["score"] = max(one["score"], name["score"])
            one["count"] += name["count"]
        else:
            alike[key] = name
    order = sorted(alike.items(), key=lambda item: (-item[1]["score"], -item[1]["count"], item[0]))
    return [name for _key, name in order[:MAX_NAMES]]


def _billed(chain: Mapping[str, Any], accounts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    read = chain["read"]
    translations = listed(chain.get("translations"))
    units = sum(sum(account["units"].values()) for account in accounts.values())
    if (chain.get("language") or {}).get("source") == "identified" and not _is_recording(chain):
        units += comprehend_units([read.get("sample") or ""])
    spoken = {each["language"] for each in listed(chain.get("speech"))}
    written = [*translations, *((chain.get("split") or {}).get("speak") or ())]
    return {
        "audio_seconds": audio_seconds(_length(chain)) if _is_recording(chain) else 0,
        "translated_characters": sum(each["characters"] for each in translations),
        "comprehend_units": units,
        "speech_characters": sum(
            each.get("speech_characters", 0) for each in written if each["language"] in spoken
        ),
    }


def _length(chain: Mapping[str, Any]) -> float | None:
    """Tell a recording's seconds: by its header, as a transcript ends with its last word."""
    told = ((chain.get("identified") or {}).get("seconds"), chain["read"].get("audio_seconds"))
    return max((seconds for seconds in told if seconds is not None), default=None)


def _is_recording(chain: Mapping[str, Any]) -> bool:
    return (chain.get("identified") or {}).get("kind") == "audio"
