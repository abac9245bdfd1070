"""Batch transform: a model asked for every record of a data set, and nothing left running."""
