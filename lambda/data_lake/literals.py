"""Texts and names in SQL."""


def text(value: str) -> str:
    """Write a literal."""
    return "'" + value.replace("'", "''") + "'"


def name(value: str) -> str:
    """Write a name that may be anything."""
    return '"' + value.replace('"', '""') + '"'
