-- The documents of the last four weeks whose original sounds worst, worst first.
SELECT day, object_key, kind, language, negative, text_uri
FROM insights
WHERE is_source AND sentiment = 'negative' AND day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
ORDER BY negative DESC
LIMIT 100
