"""A million records against what is true of each."""
