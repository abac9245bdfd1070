"""Recordings and texts through ServiceChain: one document each, in order, exactly once."""
