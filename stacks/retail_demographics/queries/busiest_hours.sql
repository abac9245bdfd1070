-- The hours of the day at which each store is busiest: the last four weeks, faces per frame.
SELECT
    store,
    hour(hour) AS hour_of_day,
    sum(faces) AS faces,
    sum(frames) AS frames,
    CAST(sum(faces) AS double) / sum(frames) AS faces_per_frame
FROM demographics_by_store_hour
WHERE dimension = 'all' AND day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
GROUP BY store, hour(hour)
ORDER BY faces_per_frame DESC
