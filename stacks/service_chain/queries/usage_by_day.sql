-- What the AI services bill for, by day: minutes of audio, characters, and units of Comprehend.
SELECT
    day,
    count(*) AS documents,
    sum(billed.audio_seconds) / 60 AS audio_minutes,
    sum(billed.translated_characters) AS translated_characters,
    sum(billed.comprehend_units) AS comprehend_units,
    sum(billed.speech_characters) AS speech_characters
FROM documents
WHERE day >= CAST(current_date - INTERVAL '28' DAY AS varchar)
GROUP BY day
ORDER BY day
