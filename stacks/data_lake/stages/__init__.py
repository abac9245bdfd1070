"""The states of a run of the lake, as plain data."""
