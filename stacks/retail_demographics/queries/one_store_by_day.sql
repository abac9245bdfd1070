-- The faces that one store saw each day; reads only that store's files.
-- Parameter: the store as it stands in the path of the results, for example 'paris'.
SELECT
    day,
    count(DISTINCT frame_id) AS frames,
    count(DISTINCT CASE WHEN face_index <> '' THEN frame_id || '/' || face_index END) AS faces
FROM detections_of_store
WHERE store_name = ? AND day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
GROUP BY day
ORDER BY day
