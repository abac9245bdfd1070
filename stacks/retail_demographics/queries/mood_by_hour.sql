-- The expressions seen at each hour of the day; an expression is not what a person feels.
SELECT
    hour(hour) AS hour_of_day,
    value AS emotion,
    sum(faces) AS faces
FROM demographics_by_store_hour
WHERE dimension = 'emotion' AND day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
GROUP BY hour(hour), value
ORDER BY hour_of_day, faces DESC
