-- The share of visits that end in a purchase, and what a purchase is worth, by shop.
SELECT
    v.store,
    count(*) AS visits,
    count(p.receipt_id) AS receipts,
    CAST(count(p.receipt_id) AS double) / count(*) AS conversion,
    avg(CAST(p.amount AS double)) AS average_amount
FROM retail_visits AS v
LEFT JOIN retail_purchases AS p ON p.visit_id = v.visit_id
GROUP BY v.store
ORDER BY conversion DESC
