"""The algorithms that AWS has built in: a table with sources, and what may be asked of each."""
