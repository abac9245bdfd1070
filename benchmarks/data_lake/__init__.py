"""The function's work on large files beside a loop of csv and fastjsonschema."""

from benchmarks.data_lake.measure import report

__all__ = ["report"]
