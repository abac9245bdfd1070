"""What a deployed lake does: its job, and queries of its tables."""
