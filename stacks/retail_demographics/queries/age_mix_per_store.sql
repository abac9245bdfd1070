-- The ages that each store sees: the last four weeks; 'withheld' are groups too small to tell.
SELECT
    store,
    value AS age_band,
    sum(faces) AS faces,
    CAST(sum(faces) AS double) / sum(sum(faces)) OVER (PARTITION BY store) AS share
FROM demographics_by_store_hour
WHERE dimension = 'age_band' AND day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
GROUP BY store, value
ORDER BY store, faces DESC
