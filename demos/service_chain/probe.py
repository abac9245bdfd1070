"""Ask the sandbox what of its answers is made up."""

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.client import Sandbox

PROBE = "The lamp is wonderful."


def synthetic(sandbox: Sandbox) -> tuple[str, ...]:
    """Ask Comprehend which parts of an answer are made up."""
    client = sandbox.client("comprehend")
    asked = (client.detect_sentiment, client.detect_entities, client.detect_key_phrases,
             client.detect_pii_entities)  # fmt: skip
    headers = [_headers(ask(Text=PROBE, LanguageCode="en")) for ask in asked]
    named = [name for h in headers for name in h.get("x-sandbox-synthetic", "").split(",") if name]
    return tuple(dict.fromkeys(named))


def engines(sandbox: Sandbox, source: str, targets: Sequence[str]) -> dict[str, str]:
    """Ask what translates from one language into each of the others."""
    client = sandbox.client("translate")
    told = {}
    for target in targets:
        if target != source:
            reply = client.translate_text(
                Text=PROBE, SourceLanguageCode=source, TargetLanguageCode=target
            )
            told[target] = _headers(reply).get("x-sandbox-translation", "")
    return told


def _headers(reply: Mapping[str, Any]) -> Mapping[str, str]:
    headers: Mapping[str, str] = reply["ResponseMetadata"]["HTTPHeaders"]
    return headers
