"""Documents as large as they may be, through the whole chain."""

from benchmarks.service_chain.measure import report

__all__ = ["report"]
