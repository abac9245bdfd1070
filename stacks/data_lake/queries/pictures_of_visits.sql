-- Pictures of the last 30 days that are called by a visit, such as objects/exits/v-0123456789ab.jpg, beside it.
WITH newest AS (
    SELECT *, row_number() OVER (PARTITION BY object_key ORDER BY arrived_at DESC, object_id) AS version
    FROM objects
    WHERE day >= CAST(current_date - INTERVAL '30' DAY AS varchar) AND file_reason IS NULL
)
SELECT
    visits.visit_id,
    visits.store,
    visits.entered_at,
    visits.purchased,
    newest.collection,
    newest.object_key,
    newest.version_id,
    newest.content_type,
    newest.width,
    newest.height
FROM newest
INNER JOIN retail_visits AS visits ON visits.visit_id = split_part(split_part(newest.object_key, '/', 3), '.', 1)
WHERE newest.version = 1 AND newest.content_type LIKE 'image/%'
ORDER BY visits.entered_at
