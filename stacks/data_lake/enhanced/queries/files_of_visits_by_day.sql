-- Files, records and bytes of each day of the table: many small files make queries slow.
SELECT
    partition.entered_at_day AS day,
    file_count,
    record_count,
    total_size AS bytes
FROM "retail_visits_enhanced$$partitions"
ORDER BY 1 DESC
