"""Kitchen: makes jam of what is picked elsewhere."""
