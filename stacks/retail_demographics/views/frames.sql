-- One row per analysed frame, also of those without a face: that nobody came is data.
-- Filter by day (UTC, text such as '2026-05-17'): it decides how much is read.
-- hour is cut from the clock's face, not from the instant: an instant cut where clocks go back by half an
-- hour (Lord Howe) shows the time of the other half.
SELECT
    day,
    frame_id,
    url_decode(store) AS store,
    url_decode(camera) AS camera,
    url_decode(object_key) AS object_key,
    url_decode(version_id) AS version_id,
    CAST(captured_at AS timestamp(3)) AS captured_at,
    captured_at_source,
    date_trunc('hour', CAST(at_timezone(with_timezone(CAST(captured_at AS timestamp(3)), 'UTC'), ${time_zone}) AS timestamp(3))) AS hour,
    CAST(date_diff('minute', CAST(captured_at AS timestamp(3)), CAST(at_timezone(with_timezone(CAST(captured_at AS timestamp(3)), 'UTC'), ${time_zone}) AS timestamp(3))) AS integer) AS utc_offset_minutes,
    CAST(event_time AS timestamp(3)) AS event_time,
    CAST(analyzed_at AS timestamp(3)) AS analyzed_at,
    CAST(faces_in_frame AS integer) AS faces_in_frame
FROM (
    SELECT *, row_number() OVER (PARTITION BY day, frame_id ORDER BY analyzed_at, batch_id, face_index) AS place
    FROM detections
)
WHERE place = 1
