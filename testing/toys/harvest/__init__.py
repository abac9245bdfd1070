"""Harvest: picks fruit, and says so."""
