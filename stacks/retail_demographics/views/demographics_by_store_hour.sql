-- How many faces of which kind a store saw in an hour; no group of 1 to ${smallest_group} - 1 faces is told.
--
-- Small groups are folded into one, 'withheld'. Were that one small itself, the total would give it
-- away: then the next smallest group is folded in too. An hour with fewer faces than
-- ${smallest_group} is left out as a whole, one without any face is told: that nobody came is data.
-- day is the UTC day of the files, kept so that a filter on it decides how much is read; where the
-- time zone is not a whole number of hours from UTC, the hour at UTC midnight has two rows. Where clocks
-- go back, an hour occurs twice: utc_offset_minutes tells the two apart, each with groups of its own.
WITH hours AS (
    SELECT day, store, hour, utc_offset_minutes, count(*) AS frames, sum(faces_in_frame) AS faces
    FROM frames
    GROUP BY day, store, hour, utc_offset_minutes
),
labelled AS (
    SELECT
        day,
        store,
        hour,
        utc_offset_minutes,
        dimension,
        CASE dimension
            WHEN 'age_band' THEN coalesce(age_band, 'unknown')
            WHEN 'gender' THEN coalesce(gender, 'unknown')
            ELSE coalesce(emotion, 'unknown')
        END AS value
    FROM demographics
    CROSS JOIN (VALUES ('age_band'), ('gender'), ('emotion')) AS dimensions (dimension)
),
counted AS (
    SELECT day, store, hour, utc_offset_minutes, dimension, value, count(*) AS faces
    FROM labelled
    GROUP BY day, store, hour, utc_offset_minutes, dimension, value
),
ranked AS (
    SELECT
        day,
        store,
        hour,
        utc_offset_minutes,
        dimension,
        value,
        faces,
        coalesce(sum(faces) OVER (
            PARTITION BY day, store, hour, utc_offset_minutes, dimension
            ORDER BY faces, value
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ), 0) AS smaller
    FROM counted
),
folded AS (
    SELECT
        day,
        store,
        hour,
        utc_offset_minutes,
        dimension,
        CASE
            WHEN faces < ${smallest_group} OR smaller BETWEEN 1 AND ${smallest_group} - 1 THEN 'withheld'
            ELSE value
        END AS value,
        sum(faces) AS faces
    FROM ranked
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT
    day,
    store,
    hour,
    utc_offset_minutes,
    'all' AS dimension,
    'all' AS value,
    frames,
    faces,
    CASE WHEN faces > 0 THEN 1E0 END AS share
FROM hours
WHERE faces = 0 OR faces >= ${smallest_group}
UNION ALL
SELECT
    folded.day,
    folded.store,
    folded.hour,
    folded.utc_offset_minutes,
    folded.dimension,
    folded.value,
    hours.frames,
    folded.faces,
    CAST(folded.faces AS double) / hours.faces AS share
FROM folded
INNER JOIN hours
    ON hours.day = folded.day
    AND hours.store = folded.store
    AND hours.hour = folded.hour
    AND hours.utc_offset_minutes = folded.utc_offset_minutes
WHERE hours.faces >= ${smallest_group}
