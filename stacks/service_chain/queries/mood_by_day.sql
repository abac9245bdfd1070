-- How the originals of each day sound.
SELECT
    day,
    count(*) AS documents,
    count_if(sentiment = 'positive') AS positive,
    count_if(sentiment = 'negative') AS negative,
    count_if(sentiment = 'neutral') AS neutral,
    count_if(sentiment = 'mixed') AS mixed,
    count_if(sentiment IS NULL) AS unsure
FROM insights
WHERE is_source AND day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
GROUP BY day
ORDER BY day
