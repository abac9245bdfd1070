-- Who and what the originals of the last four weeks speak of most.
SELECT type, lower(text) AS name, count(DISTINCT document_id) AS documents, sum(mentions) AS mentions
FROM entities
WHERE is_source AND day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
GROUP BY 1, 2
ORDER BY documents DESC, mentions DESC
LIMIT 100
