"""Ask the sandbox what of its answers is made up."""

from collections.abc import Sequence

from demos.synthetic import header, synthetic
from sandbox.host.client import Sandbox

PROBE = "The lamp is wonderful."


def made_up(sandbox: Sandbox) -> tuple[str, ...]:
    """Ask Comprehend which parts of an answer are made up."""
    client = sandbox.client("comprehend")
    asked = (client.detect_sentiment, client.detect_entities, client.detect_key_phrases,
             client.detect_pii_entities)  # fmt: skip
    return synthetic(ask(Text=PROBE, LanguageCode="en") for ask in asked)


def engines(sandbox: Sandbox, source: str, targets: Sequence[str]) -> dict[str, str]:
    """Ask what translates from one language into each of the others."""
    client = sandbox.client("translate")
    told = {}
    for target in targets:
        if target != source:
            reply = client.translate_text(
                Text=PROBE, SourceLanguageCode=source, TargetLanguageCode=target
            )
            told[target] = header(reply, "x-sandbox-translation")
    return told
