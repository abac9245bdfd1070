-- Visits by store now and as the table was a day ago: an example of time travel.
SELECT
    today.store,
    today.visits,
    coalesce(earlier.visits, 0) AS visits_a_day_ago
FROM (
    SELECT store, count(*) AS visits
    FROM retail_visits_enhanced
    GROUP BY store
) AS today
LEFT JOIN (
    SELECT store, count(*) AS visits
    FROM retail_visits_enhanced FOR TIMESTAMP AS OF (current_timestamp - INTERVAL '1' DAY)
    GROUP BY store
) AS earlier ON earlier.store = today.store
ORDER BY today.store
