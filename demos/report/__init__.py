"""Neutral blocks, and their two renderers: a terminal and one self-contained page."""
