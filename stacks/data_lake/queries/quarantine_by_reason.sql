-- What was set aside in the last week, by data set, reason and column.
SELECT dataset, reason, column_name, count(*) AS records, min(record) AS example
FROM quarantine
WHERE day >= CAST(current_date - INTERVAL '7' DAY AS varchar)
GROUP BY dataset, reason, column_name
ORDER BY records DESC
