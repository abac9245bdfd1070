"""The columns of the JSON files that the chain writes, and of the views over them. Pure."""

from stacks.shared.athena_types import COUNT, FLAG, MOMENT, NUMBER, TEXT, WHOLE

_SENTIMENT = "struct<label:string,positive:double,negative:double,neutral:double,mixed:double>"
_ENTITIES = "array<struct<text:string,type:string,score:double,count:int>>"
_KEY_PHRASES = "array<struct<text:string,score:double,count:int>>"
_PII = "array<struct<type:string,count:int>>"
_INSIGHTS = (
    "array<struct<language:string,is_source:boolean,text_uri:string,insights_uri:string,"
    f"sentiment:{_SENTIMENT},entities:{_ENTITIES},entity_count:int,"
    f"key_phrases:{_KEY_PHRASES},key_phrase_count:int,pii:{_PII},"
    "redacted_uri:string,redaction_spans:int>>"
)

DOCUMENTS: dict[str, str] = {
    "schema_version": "int",
    "document_id": "string",
    "input": "struct<bucket:string,key:string,version_id:string,size_bytes:bigint,"
    "event_time:string,kind:string,media_format:string,channels:int,encoding:string>",
    "language": "struct<code:string,base:string,source:string,score:double>",
    "characters": "bigint",
    "words": "bigint",
    "audio_seconds": "double",
    "text_uri": "string",
    "transcript_uri": "string",
    "translations": "array<struct<language:string,uri:string,characters:bigint>>",
    "insights": _INSIGHTS,
    "skipped_languages": "array<string>",
    "skipped_stages": "array<struct<stage:string,language:string,reason:string>>",
    "speech": "array<struct<language:string,uri:string>>",
    "billed": "struct<audio_seconds:double,translated_characters:bigint,"
    "comprehend_units:bigint,speech_characters:bigint>",
    "started_at": "string",
    "finished_at": "string",
    "attempt": "int",
    "execution": "string",
}
FAILURES: dict[str, str] = {
    "schema_version": "int",
    "document_id": "string",
    "attempt": "int",
    "state": "string",
    "error": "string",
    "reason": "string",
    "cause": "string",
    "input": "struct<document_id:string,attempt:int,bucket:string,key:string,version_id:string,"
    "size:bigint,event_time:string,copy_source:string>",
    "execution": "string",
    "failed_at": "string",
}

_WHICH = {
    "day": TEXT,
    "document_id": TEXT,
    "object_key": TEXT,
    "kind": TEXT,
}
VIEWS: dict[str, dict[str, str]] = {
    "insights": {
        **_WHICH,
        "bucket": TEXT,
        "version_id": TEXT,
        "event_time": MOMENT,
        "finished_at": MOMENT,
        "language": TEXT,
        "is_source": FLAG,
        "source_language": TEXT,
        "sentiment": TEXT,
        **dict.fromkeys(("positive", "negative", "neutral", "mixed"), NUMBER),
        "entities": "array(row(text varchar, type varchar, score double, count integer))",
        "key_phrases": "array(row(text varchar, score double, count integer))",
        "pii_types": "array(varchar)",
        "pii_count": COUNT,
        "text_uri": TEXT,
        "redacted_uri": TEXT,
        "insights_uri": TEXT,
        "characters": COUNT,
        "words": COUNT,
        "audio_seconds": NUMBER,
    },
    "entities": {
        **_WHICH,
        "language": TEXT,
        "is_source": FLAG,
        "type": TEXT,
        "text": TEXT,
        "score": NUMBER,
        "mentions": WHOLE,
    },
    "confidence_profile": {
        "finding": TEXT,
        "threshold": NUMBER,
        "findings": COUNT,
        "share": NUMBER,
    },
    "failed_documents": {
        "day": TEXT,
        "document_id": TEXT,
        "bucket": TEXT,
        "object_key": TEXT,
        "version_id": TEXT,
        "size_bytes": COUNT,
        "event_time": MOMENT,
        "failed_at": MOMENT,
        "attempt": WHOLE,
        "state": TEXT,
        "error": TEXT,
        "reason": TEXT,
        "cause": TEXT,
        "execution": TEXT,
    },
}
