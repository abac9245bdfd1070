"""Many frames in one object beside one CSV for each image."""

from benchmarks.retail_demographics.measure import report

__all__ = ["report"]
