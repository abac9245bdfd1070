"""The stage that has a text in hand: read it, know its language, cut it in pieces. Pure."""

from collections.abc import Mapping
from typing import Any

from stacks.service_chain.chain.asl import (
    INPUT,
    NOTHING,
    States,
    call,
    choose,
    invoke,
    jsonata,
    members,
)
from stacks.service_chain.chain.failure import RECORDS
from stacks.service_chain.settings import ServiceChain

READ_SECONDS = 300
SPLIT_SECONDS = 600

# Taiwan's Chinese is a language of its own to the services; of others only the first part counts.
_BASE = "$code = 'zh-TW' ? $code : $substringBefore($code, '-')"


def read(settings: ServiceChain, *, pace: States, next_: str, done: str) -> States:
    """Read the text; without any, go to ``done``, else on by way of its language to ``next_``.

    ``pace`` leads to DetectLanguage, where a text may come without a language.
    """
    with_text = "LanguageKnown" if pace else next_
    return {
        "ReadDocument": invoke(
            "ReadDocument",
            {
                **members(INPUT, "document_id", "attempt", "bucket", "key", "version_id"),
                **members("$identified", "kind", "encoding", "markup"),
            },
            seconds=READ_SECONDS,
            assign={
                "read": jsonata("$states.result.Payload"),
                "language": _language(settings),
            },
            catches=[RECORDS],
            next_="HasText",
        ),
        "HasText": choose(("$read.empty", done), otherwise=with_text),
        **(_detect(pace, next_) if pace else NOTHING),
    }


def _language(settings: ServiceChain) -> Any:
    """Take the language from the settings or from the transcript, as far as they know it."""
    if settings.language:
        code = settings.language
        base = code if code == "zh-TW" else code.partition("-")[0]
        return {"code": code, "base": base, "source": "setting", "score": None}
    known = "$states.result.Payload"
    return {
        "code": jsonata(f"{known}.language_code"),
        "base": jsonata(f"{known}.language"),
        "source": "transcript",
        "score": jsonata(f"{known}.language_score"),
    }


def _detect(pace: States, next_: str) -> States:
    best = "$states.result.Languages^(>Score)[0]"
    return {
        "LanguageKnown": choose(("$language.base = null", next(iter(pace))), otherwise=next_),
        **pace,
        "DetectLanguage": call(
            "comprehend",
            "detectDominantLanguage",
            {"Text": jsonata("$read.sample")},
            assign={
                "language": jsonata(
                    f"($best := {best}; $code := $best.LanguageCode; "
                    f"{{'code': $code, 'base': {_BASE}, 'source': 'identified', "
                    "'score': $best.Score})"
                )
            },
            catches=[RECORDS],
            next_=next_,
        ),
    }


def split(settings: ServiceChain, *, next_: str) -> States:
    """Cut the text into pieces for Translate and for Comprehend."""
    payload: Mapping[str, Any] = {
        "document_id": jsonata(f"{INPUT}.document_id"),
        "language": jsonata("$language.base"),
        "targets": list(settings.translate_to),
    }
    return {
        "SplitText": invoke(
            "SplitText",
            payload,
            seconds=SPLIT_SECONDS,
            assign={"split": jsonata("$states.result.Payload")},
            catches=[RECORDS],
            next_=next_,
        )
    }
