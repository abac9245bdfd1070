-- What was paid in each hour of UTC, and on how many receipts.
SELECT date_trunc('hour', paid_at) AS hour, count(*) AS receipts, sum(amount) AS amount
FROM retail_purchases
GROUP BY date_trunc('hour', paid_at)
ORDER BY hour
