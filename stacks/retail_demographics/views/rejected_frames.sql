-- One row per frame that could not be analysed, with the reason.
SELECT
    day,
    frame_id,
    nullif(url_decode(store), '') AS store,
    nullif(url_decode(camera), '') AS camera,
    url_decode(object_key) AS object_key,
    url_decode(version_id) AS version_id,
    CAST(event_time AS timestamp(3)) AS event_time,
    CAST(rejected_at AS timestamp(3)) AS rejected_at,
    reason,
    url_decode(detail) AS detail,
    TRY_CAST(size_bytes AS bigint) AS size_bytes
FROM (
    SELECT *, row_number() OVER (PARTITION BY day, frame_id ORDER BY rejected_at) AS place
    FROM rejects
)
WHERE place = 1
