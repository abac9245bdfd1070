-- Files and records of the last week, from what was read to what was kept.
SELECT
    day,
    dataset,
    count(*) AS files,
    count(file_reason) AS files_set_aside,
    sum(records_read) AS records_read,
    sum(records_modeled) AS records_modeled,
    sum(records_set_aside) AS records_set_aside,
    sum(records_repeated) AS records_repeated
FROM loads
WHERE day >= CAST(current_date - INTERVAL '7' DAY AS varchar)
GROUP BY day, dataset
ORDER BY day, dataset
