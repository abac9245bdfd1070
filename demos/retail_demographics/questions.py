"""What the demo asks Athena, all of it through the views."""

QUESTIONS = {
    "frames": "SELECT object_key, faces_in_frame FROM frames",
    "faces": "SELECT * FROM faces",
    "rejects": "SELECT object_key, reason, detail, size_bytes FROM rejected_frames",
    "groups": "SELECT * FROM demographics_by_store_hour",
    "profile": "SELECT attribute, threshold, faces, share FROM confidence_profile",
}
