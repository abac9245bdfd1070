"""Service chain: what recordings and texts say, in every language, as one document each."""
