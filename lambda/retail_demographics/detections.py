"""Turn what Rekognition saw in one frame into CSV cells: every attribute, its own confidence."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from retail_demographics.cells import number, truth, word
from retail_demographics.frames import Frame

_FLAGS = {
    "smile": "Smile",
    "eyeglasses": "Eyeglasses",
    "sunglasses": "Sunglasses",
    "beard": "Beard",
    "mustache": "Mustache",
    "eyes_open": "EyesOpen",
    "mouth_open": "MouthOpen",
    "face_occluded": "FaceOccluded",
}
_EMOTIONS = (
    "HAPPY",
    "SAD",
    "ANGRY",
    "CONFUSED",
    "DISGUSTED",
    "SURPRISED",
    "CALM",
    "FEAR",
    "UNKNOWN",
)

# Landmarks are left out on purpose: no question of ours needs the geometry of a person's face.
FACE_COLUMNS = (
    "face_confidence",
    *("box_left", "box_top", "box_width", "box_height"),
    *("age_low", "age_high"),
    *("gender", "gender_confidence"),
    *("emotion", "emotion_confidence"),
    *(f"{emotion.lower()}_confidence" for emotion in _EMOTIONS),
    *(column for flag in _FLAGS for column in (flag, f"{flag}_confidence")),
    *("eye_direction_yaw", "eye_direction_pitch", "eye_direction_confidence"),
    *("pose_roll", "pose_yaw", "pose_pitch"),
    *("brightness", "sharpness"),
)
NO_FACE = ("",) * len(FACE_COLUMNS)


@dataclass(frozen=True, slots=True)
class Analysis:
    """One frame that Rekognition has looked at, and the cells of each face, largest face first."""

    frame: Frame
    faces: tuple[tuple[str, ...], ...]

    @property
    def face_confidences(self) -> list[float]:
        """List how sure Rekognition is, in percent, that each face is one."""
        return [float(cells[0]) for cells in self.faces if cells[0]]


def analysis_of(frame: Frame, face_details: Iterable[Mapping[str, Any]]) -> Analysis:
    """Keep what ``DetectFaces`` said about a frame; an attribute that it left out stays empty."""
    faces = [(-_area(face), face_cells(face)) for face in face_details]
    return Analysis(frame, tuple(cells for _, cells in sorted(faces)))


def face_cells(face: Mapping[str, Any]) -> tuple[str, ...]:
    """Write one of Rekognition's FaceDetails in the order of ``FACE_COLUMNS``."""
    box, pose, quality = (_part(face, name) for name in ("BoundingBox", "Pose", "Quality"))
    age, gender, gaze = (_part(face, name) for name in ("AgeRange", "Gender", "EyeDirection"))
    flags = [_part(face, name) for name in _FLAGS.values()]
    emotions = _emotions(face)
    emotion = min(emotions, key=lambda name: (-emotions[name], name), default="")
    return (
        number(face.get("Confidence")),
        *(number(box.get(side)) for side in ("Left", "Top", "Width", "Height")),
        *(number(age.get(end)) for end in ("Low", "High")),
        word(gender.get("Value")),
        number(gender.get("Confidence")),
        word(emotion),
        number(emotions.get(emotion)),
        *(number(emotions.get(name)) for name in _EMOTIONS),
        *(cell for flag in flags for cell in _flag_cells(flag)),
        *(number(gaze.get(name)) for name in ("Yaw", "Pitch", "Confidence")),
        *(number(pose.get(axis)) for axis in ("Roll", "Yaw", "Pitch")),
        *(number(quality.get(name)) for name in ("Brightness", "Sharpness")),
    )


def _flag_cells(flag: Mapping[str, Any]) -> Sequence[str]:
    return truth(flag.get("Value")), number(flag.get("Confidence"))


def _part(face: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = face.get(name)
    return part if isinstance(part, Mapping) else {}


def _emotions(face: Mapping[str, Any]) -> dict[str, float]:
    """Read the emotions that come with a name and a confidence; often some, or all, are missing."""
    return {
        emotion["Type"]: emotion["Confidence"]
        for emotion in face.get("Emotions") or ()
        if isinstance(emotion.get("Type"), str) and number(emotion.get("Confidence"))
    }


def _area(face: Mapping[str, Any]) -> float:
    box = _part(face, "BoundingBox")
    width, height = (float(number(box.get(side)) or 0) for side in ("Width", "Height"))
    return width * height
