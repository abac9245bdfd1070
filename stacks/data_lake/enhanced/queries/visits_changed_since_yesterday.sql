-- Visits that came, were corrected or are gone since a day ago.
SELECT
    coalesce(today.visit_id, earlier.visit_id) AS visit_id,
    CASE
        WHEN earlier.visit_id IS NULL THEN 'new'
        WHEN today.visit_id IS NULL THEN 'gone'
        ELSE 'corrected'
    END AS change,
    earlier.seconds AS seconds_before,
    today.seconds,
    earlier.purchased AS purchased_before,
    today.purchased
FROM retail_visits_enhanced AS today
FULL OUTER JOIN retail_visits_enhanced
    FOR TIMESTAMP AS OF (current_timestamp - INTERVAL '1' DAY) AS earlier
    ON earlier.visit_id = today.visit_id
WHERE
    earlier.visit_id IS NULL
    OR today.visit_id IS NULL
    OR earlier.source_id <> today.source_id
    OR earlier.source_line <> today.source_line
ORDER BY 1
