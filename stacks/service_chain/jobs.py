"""The functions of the chain: each one's job, time, settings and reach. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from stacks.service_chain.chain.comprehend import MERGE_SECONDS, REDACT_SECONDS
from stacks.service_chain.chain.failure import RECORD_SECONDS
from stacks.service_chain.chain.finish import ASSEMBLE_SECONDS as DOCUMENT_SECONDS
from stacks.service_chain.chain.identify import IDENTIFY_SECONDS
from stacks.service_chain.chain.read import READ_SECONDS, SPLIT_SECONDS
from stacks.service_chain.chain.translate import ASSEMBLE_SECONDS as TRANSLATION_SECONDS
from stacks.service_chain.settings import ServiceChain

SMALL_MIB, LARGE_MIB = 256, 1769  # with the larger one comes a whole processor


@dataclass(frozen=True, slots=True)
class Job:
    """One function, which runs ``service_chain.<entry>``; prefixes are of the results bucket.

    ``misses`` says that it may look for what is not there, and has to be told so.
    """

    entry: str
    seconds: int
    told: Mapping[str, str]
    memory_mib: int = SMALL_MIB
    reads_inbox: bool = False
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    misses: bool = False


def jobs(settings: ServiceChain) -> dict[str, Job]:
    """Return the functions by the names that the state machine has for them."""
    pieces = {
        "ANALYZE": settings.analyze if settings.comprehend else "none",
        "CHUNK_BYTES": str(settings.translate_chunk_bytes),
        "ITEM_BYTES": str(settings.comprehend_item_bytes),
        "VOICES": json.dumps(settings.voices if settings.speak else {}, sort_keys=True),
    }
    confidence = {"REDACT_CONFIDENCE": str(settings.redact_confidence)}
    masking = {**confidence, "REDACT": str(settings.redact).lower()}
    kinds = {
        "TRANSCRIBE": str(settings.transcribe).lower(),
        "MAX_TEXT_BYTES": str(settings.max_text_bytes),
    }
    return {
        "Identify": Job("identify", IDENTIFY_SECONDS, kinds, reads_inbox=True),
        "ReadDocument": Job(
            "read_document",
            READ_SECONDS,
            {},
            LARGE_MIB,
            reads_inbox=True,
            reads=("work/",),
            writes=("work/", "texts/", "transcripts/"),
            misses=True,
        ),
        "SplitText": Job(
            "split_text",
            SPLIT_SECONDS,
            pieces,
            LARGE_MIB,
            reads=("work/",),
            writes=("work/", "translations/"),
        ),
        "AssembleTranslation": Job(
            "assemble_translation",
            TRANSLATION_SECONDS,
            pieces,
            LARGE_MIB,
            reads=("work/",),
            writes=("work/", "translations/"),
            misses=True,
        ),
        "MergeInsights": Job(
            "merge_insights",
            MERGE_SECONDS,
            confidence,
            LARGE_MIB,
            reads=("work/",),
            writes=("insights/",),
            misses=True,
        ),
        "Redact": Job(
            "redact",
            REDACT_SECONDS,
            confidence,
            LARGE_MIB,
            reads=("work/", "insights/", "texts/", "translations/"),
            writes=("redacted/",),
        ),
        "AssembleDocument": Job(
            "assemble_document",
            DOCUMENT_SECONDS,
            masking,
            LARGE_MIB,
            reads=("insights/", *_texts(settings)),
            writes=("documents/",),
        ),
        "RecordFailure": Job(
            "record_failure",
            RECORD_SECONDS,
            {},
            reads=("work/", "documents/"),
            writes=("failures/",),
            misses=True,
        ),
    }


def _texts(settings: ServiceChain) -> tuple[str, ...]:
    """Say where the texts are that are read again for what was flagged in them."""
    if not (settings.analyzes and settings.redact):
        return ()
    return ("texts/", "translations/") if settings.translate_to else ("texts/",)
