-- Every face, with each attribute that is not sure enough as NULL. An age range has no confidence
-- of its own: the face's counts for it.
WITH judged AS (
    SELECT
        day,
        store,
        camera,
        hour,
        captured_at,
        frame_id,
        face_index,
        face_confidence,
        CASE WHEN face_confidence >= ${age} THEN age_low END AS age_low,
        CASE WHEN face_confidence >= ${age} THEN age_high END AS age_high,
        CASE WHEN gender_confidence >= ${gender} THEN gender END AS gender,
        CASE WHEN emotion_confidence >= ${emotion} THEN emotion END AS emotion,
        CASE WHEN smile_confidence >= ${smile} THEN smile END AS smile,
        CASE WHEN eyeglasses_confidence >= ${eyeglasses} THEN eyeglasses END AS eyeglasses,
        CASE WHEN sunglasses_confidence >= ${sunglasses} THEN sunglasses END AS sunglasses,
        CASE WHEN beard_confidence >= ${beard} THEN beard END AS beard,
        CASE WHEN mustache_confidence >= ${mustache} THEN mustache END AS mustache,
        CASE WHEN eyes_open_confidence >= ${eyes_open} THEN eyes_open END AS eyes_open,
        CASE WHEN mouth_open_confidence >= ${mouth_open} THEN mouth_open END AS mouth_open,
        CASE WHEN face_occluded_confidence >= ${face_occluded} THEN face_occluded END AS face_occluded,
        CASE WHEN eye_direction_confidence >= ${eye_direction} THEN eye_direction_yaw END AS eye_direction_yaw,
        CASE WHEN eye_direction_confidence >= ${eye_direction} THEN eye_direction_pitch END AS eye_direction_pitch
    FROM faces
)
SELECT
    day,
    store,
    camera,
    hour,
    captured_at,
    frame_id,
    face_index,
    face_confidence,
    age_low,
    age_high,
    ${age_band} AS age_band,
    gender,
    emotion,
    smile,
    eyeglasses,
    sunglasses,
    beard,
    mustache,
    eyes_open,
    mouth_open,
    face_occluded,
    eye_direction_yaw,
    eye_direction_pitch
FROM judged
