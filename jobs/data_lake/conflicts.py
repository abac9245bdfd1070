"""What Iceberg says when another writer came first. Pure."""

ATTEMPTS = 8  # of a commit, each after a new look at what there is
_NAMES = ("ValidationException", "CommitFailedException")


def is_conflict(error: Exception) -> bool:
    """Tell whether a table has gone on since it was read."""
    return any(name in str(error) for name in _NAMES)
