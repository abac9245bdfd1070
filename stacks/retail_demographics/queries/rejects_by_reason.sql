-- The frames of the last week that could not be analysed, and why.
SELECT reason, store, camera, count(*) AS frames, max(detail) AS example
FROM rejected_frames
WHERE day >= CAST(current_date - INTERVAL '7' DAY AS varchar)
GROUP BY reason, store, camera
ORDER BY frames DESC
