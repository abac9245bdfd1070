"""Models behind endpoints: what is created, updated without a gap, invoked, scaled and captured."""
