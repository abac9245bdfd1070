"""Constructs with secure defaults that more than one architecture uses."""
