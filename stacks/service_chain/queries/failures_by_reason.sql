-- Why documents of the last four weeks failed, the most frequent reason first.
SELECT reason, state, count(*) AS documents, max(failed_at) AS last_at, min(cause) AS example
FROM failed_documents
WHERE day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
GROUP BY reason, state
ORDER BY documents DESC
