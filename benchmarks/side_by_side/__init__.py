"""The largest text, and 200 documents at once: this commit beside the founding one."""

from benchmarks.side_by_side.measure import report

__all__ = ["report"]
