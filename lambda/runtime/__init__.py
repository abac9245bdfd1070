"""What functions of every architecture need; it ships beside each one's own package."""
