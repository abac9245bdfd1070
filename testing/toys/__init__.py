"""Tiny architectures: two that feed one another, and one that the data lake feeds."""
