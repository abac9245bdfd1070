"""Engines for text: what can be computed offline, and marks on everything that cannot."""
