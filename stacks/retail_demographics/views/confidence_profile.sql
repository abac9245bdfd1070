-- How many faces would keep an attribute at each threshold: what to choose thresholds by.
WITH asked AS (
    SELECT
        attribute,
        threshold,
        CASE attribute
            WHEN 'gender' THEN gender_confidence
            WHEN 'emotion' THEN emotion_confidence
            WHEN 'smile' THEN smile_confidence
            WHEN 'eyeglasses' THEN eyeglasses_confidence
            WHEN 'sunglasses' THEN sunglasses_confidence
            WHEN 'beard' THEN beard_confidence
            WHEN 'mustache' THEN mustache_confidence
            WHEN 'eyes_open' THEN eyes_open_confidence
            WHEN 'mouth_open' THEN mouth_open_confidence
            WHEN 'face_occluded' THEN face_occluded_confidence
            WHEN 'eye_direction' THEN eye_direction_confidence
            ELSE face_confidence
        END AS confidence
    FROM faces
    CROSS JOIN (VALUES
        ('age'), ('gender'), ('emotion'), ('smile'), ('eyeglasses'), ('sunglasses'), ('beard'),
        ('mustache'), ('eyes_open'), ('mouth_open'), ('face_occluded'), ('eye_direction')
    ) AS attributes (attribute)
    CROSS JOIN (VALUES
        (0), (10), (20), (30), (40), (50), (60), (70), (80), (90), (95), (99)
    ) AS thresholds (threshold)
)
SELECT
    attribute,
    threshold,
    count_if(confidence >= threshold) AS faces,
    CAST(count_if(confidence >= threshold) AS double) / count(*) AS share
FROM asked
GROUP BY attribute, threshold
