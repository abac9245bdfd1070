-- Whether picking things up foretells a purchase: the share of visits that end in one.
SELECT
    least(basket_touches, 8) AS touches,
    count(*) AS visits,
    avg(CASE WHEN purchased THEN 1.0 ELSE 0.0 END) AS conversion,
    avg(seconds) AS seconds
FROM retail_visits
GROUP BY least(basket_touches, 8)
ORDER BY touches
