"""The job's work on a large file beside the function's, on the same records."""
