-- How many findings would be left at each threshold: read before changing one in config/*.toml.
WITH scores AS (
    SELECT 'entity' AS finding, one.score
    FROM documents
    CROSS JOIN UNNEST(transform(flatten(transform(insights, each -> each.entities)), e -> e.score)) AS one (score)
    UNION ALL
    SELECT 'key_phrase' AS finding, one.score
    FROM documents
    CROSS JOIN UNNEST(transform(flatten(transform(insights, each -> each.key_phrases)), e -> e.score)) AS one (score)
    UNION ALL
    SELECT 'sentiment' AS finding, one.score
    FROM documents
    CROSS JOIN UNNEST(transform(insights, each -> greatest(
        each.sentiment.positive,
        each.sentiment.negative,
        each.sentiment.neutral,
        each.sentiment.mixed
    ))) AS one (score)
)
SELECT
    finding,
    threshold,
    count_if(score >= threshold) AS findings,
    CAST(count_if(score >= threshold) AS double) / count(*) AS share
FROM scores
CROSS JOIN (VALUES 0E0, 1E-1, 2E-1, 3E-1, 4E-1, 5E-1, 6E-1, 7E-1, 8E-1, 9E-1, 95E-2, 99E-2) AS thresholds (threshold)
GROUP BY finding, threshold
