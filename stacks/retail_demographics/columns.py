"""The columns of the CSV files that the function writes, and of the views over them. Pure."""

from stacks.shared.athena_types import COUNT, FLAG, MOMENT, NUMBER, TEXT, WHOLE

FLAGS = (
    "smile",
    "eyeglasses",
    "sunglasses",
    "beard",
    "mustache",
    "eyes_open",
    "mouth_open",
    "face_occluded",
)
EMOTIONS = (
    "happy",
    "sad",
    "angry",
    "confused",
    "disgusted",
    "surprised",
    "calm",
    "fear",
    "unknown",
)

DETECTIONS = (
    *("frame_id", "face_index", "faces_in_frame"),
    *("store", "camera", "object_key", "version_id", "sequencer"),
    *("captured_at", "captured_at_source", "event_time", "analyzed_at", "batch_id"),
    *("face_confidence", "box_left", "box_top", "box_width", "box_height"),
    *("age_low", "age_high", "gender", "gender_confidence", "emotion", "emotion_confidence"),
    *(f"{emotion}_confidence" for emotion in EMOTIONS),
    *(column for flag in FLAGS for column in (flag, f"{flag}_confidence")),
    *("eye_direction_yaw", "eye_direction_pitch", "eye_direction_confidence"),
    *("pose_roll", "pose_yaw", "pose_pitch", "brightness", "sharpness"),
)
REJECTS = (
    *("frame_id", "store", "camera", "object_key", "version_id", "sequencer"),
    *("event_time", "rejected_at", "reason", "detail", "size_bytes"),
)

_WHERE_AND_WHEN = {
    "day": TEXT,
    "frame_id": TEXT,
    "store": TEXT,
    "camera": TEXT,
    "object_key": TEXT,
    "version_id": TEXT,
    "captured_at": MOMENT,
    "captured_at_source": TEXT,
    "hour": MOMENT,
    "utc_offset_minutes": WHOLE,
    "event_time": MOMENT,
    "analyzed_at": MOMENT,
    "faces_in_frame": WHOLE,
}
_FLAGS = {
    column: kind
    for flag in FLAGS
    for column, kind in ((flag, FLAG), (f"{flag}_confidence", NUMBER))
}
_REST = dict.fromkeys(("pose_roll", "pose_yaw", "pose_pitch", "brightness", "sharpness"), NUMBER)

VIEWS: dict[str, dict[str, str]] = {
    "faces": {
        **_WHERE_AND_WHEN,
        "face_index": WHOLE,
        **dict.fromkeys(
            ("face_confidence", "box_left", "box_top", "box_width", "box_height"), NUMBER
        ),
        "age_low": WHOLE,
        "age_high": WHOLE,
        "gender": TEXT,
        "gender_confidence": NUMBER,
        "emotion": TEXT,
        "emotion_confidence": NUMBER,
        **{f"{emotion}_confidence": NUMBER for emotion in EMOTIONS},
        **_FLAGS,
        "eye_direction_yaw": NUMBER,
        "eye_direction_pitch": NUMBER,
        "eye_direction_confidence": NUMBER,
        **_REST,
    },
    "frames": _WHERE_AND_WHEN,
    "rejected_frames": {
        "day": TEXT,
        "frame_id": TEXT,
        "store": TEXT,
        "camera": TEXT,
        "object_key": TEXT,
        "version_id": TEXT,
        "event_time": MOMENT,
        "rejected_at": MOMENT,
        "reason": TEXT,
        "detail": TEXT,
        "size_bytes": COUNT,
    },
    "demographics": {
        "day": TEXT,
        "store": TEXT,
        "camera": TEXT,
        "hour": MOMENT,
        "utc_offset_minutes": WHOLE,
        "captured_at": MOMENT,
        "frame_id": TEXT,
        "face_index": WHOLE,
        "face_confidence": NUMBER,
        "age_low": WHOLE,
        "age_high": WHOLE,
        "age_band": TEXT,
        "gender": TEXT,
        "emotion": TEXT,
        **dict.fromkeys(FLAGS, FLAG),
        "eye_direction_yaw": NUMBER,
        "eye_direction_pitch": NUMBER,
    },
    "demographics_by_store_hour": {
        "day": TEXT,
        "store": TEXT,
        "hour": MOMENT,
        "utc_offset_minutes": WHOLE,
        "dimension": TEXT,
        "value": TEXT,
        "frames": COUNT,
        "faces": COUNT,
        "share": NUMBER,
    },
    "confidence_profile": {
        "attribute": TEXT,
        "threshold": WHOLE,
        "faces": COUNT,
        "share": NUMBER,
    },
}
