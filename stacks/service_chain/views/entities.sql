-- One row per document, language and entity that is sure enough: for counting who and what is spoken of.
SELECT
    insights.day,
    insights.document_id,
    insights.object_key,
    insights.kind,
    insights.language,
    insights.is_source,
    lower(entity.type) AS type,
    entity.text,
    entity.score,
    entity.count AS mentions
FROM insights
CROSS JOIN UNNEST(insights.entities) AS entity (text, type, score, count)
