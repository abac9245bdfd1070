"""Rekognition's DetectFaces."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(
    parts=("service",),
    service="rekognition",
    needs=("cv2", "numpy"),
    group="sandbox/groups/faces.txt",
)
