"""A storm of documents and frames in a new account, with faults on every API that is called."""

from benchmarks.storm.measure import report

__all__ = ["report"]
