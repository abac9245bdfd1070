-- Which documents of the last four weeks hold personal data of which kinds, and where the redacted copy is.
SELECT day, object_key, language, array_join(pii_types, ', ') AS kinds, pii_count, redacted_uri
FROM insights
WHERE pii_count > 0 AND day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
ORDER BY pii_count DESC
