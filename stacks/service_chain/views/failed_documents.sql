-- One row per document that failed for good, with the reason; a redrive takes it off.
SELECT
    day,
    document_id,
    input.bucket AS bucket,
    input.key AS object_key,
    input.version_id AS version_id,
    input.size AS size_bytes,
    CAST(from_iso8601_timestamp(input.event_time) AS timestamp(3)) AS event_time,
    CAST(from_iso8601_timestamp(failed_at) AS timestamp(3)) AS failed_at,
    attempt,
    state,
    error,
    reason,
    cause,
    execution
FROM failures
