"""Count what happened to the frames of a batch."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from retail_demographics.detections import Analysis
from retail_demographics.rejects import Reason, Reject


@dataclass(slots=True)
class BatchCounts:
    """What happened to the frames of a batch, and nothing about who was in them."""

    analyzed: int = 0
    without_faces: int = 0
    duplicated: int = 0
    repeated: int = 0
    retried: int = 0
    throttled: int = 0
    objects_written: int = 0
    rejected: Counter[Reason] = field(default_factory=Counter)
    deletion_errors: Counter[str] = field(default_factory=Counter)
    face_confidences: list[float] = field(default_factory=list)
    faces: int = 0

    def count(self, analyses: Iterable[Analysis], rejects: Iterable[Reject]) -> None:
        """Add frames that are finished."""
        for analysis in analyses:
            self.analyzed += 1
            self.faces += len(analysis.faces)
            self.without_faces += not analysis.faces
            self.face_confidences += analysis.face_confidences
        self.rejected.update(reject.reason for reject in rejects)

    def metrics(self) -> dict[str, int]:
        """Name each count as its metric is named; zeros too, so that a rate has both its parts."""
        return {
            "FramesAnalyzed": self.analyzed,
            "FacesDetected": self.faces,
            "FramesWithoutFaces": self.without_faces,
            "FramesRejected": self.rejected.total(),
            "FramesRetried": self.retried,
            "FramesDuplicated": self.duplicated,
            "UploadsRepeated": self.repeated,
            "FramesThrottled": self.throttled,
            "FramesNotDeleted": self.deletion_errors.total(),
            "ObjectsWritten": self.objects_written,
        }
