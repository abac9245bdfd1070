-- One row per document and language that was analysed; findings below the thresholds are left out.
-- Filter by day (UTC, text such as '2026-05-17'): it decides how much is read.
SELECT
    documents.day,
    documents.document_id,
    documents.input.key AS object_key,
    documents.input.kind AS kind,
    documents.input.bucket AS bucket,
    documents.input.version_id AS version_id,
    CAST(from_iso8601_timestamp(documents.input.event_time) AS timestamp(3)) AS event_time,
    CAST(from_iso8601_timestamp(documents.finished_at) AS timestamp(3)) AS finished_at,
    found.language,
    found.is_source,
    documents.language.base AS source_language,
    CASE
        WHEN greatest(
            found.sentiment.positive,
            found.sentiment.negative,
            found.sentiment.neutral,
            found.sentiment.mixed
        ) >= ${sentiment} THEN lower(found.sentiment.label)
    END AS sentiment,
    found.sentiment.positive AS positive,
    found.sentiment.negative AS negative,
    found.sentiment.neutral AS neutral,
    found.sentiment.mixed AS mixed,
    filter(found.entities, one -> one.score >= ${entity}) AS entities,
    filter(found.key_phrases, one -> one.score >= ${key_phrase}) AS key_phrases,
    transform(found.pii, one -> lower(one.type)) AS pii_types,
    reduce(found.pii, CAST(0 AS bigint), (sum, one) -> sum + one.count, sum -> sum) AS pii_count,
    found.text_uri,
    found.redacted_uri,
    found.insights_uri,
    documents.characters,
    documents.words,
    documents.audio_seconds
FROM documents
CROSS JOIN UNNEST(documents.insights) AS found (
    language,
    is_source,
    text_uri,
    insights_uri,
    sentiment,
    entities,
    entity_count,
    key_phrases,
    key_phrase_count,
    pii,
    redacted_uri,
    redaction_spans
)
