"""What the architectures cost, and what they do per second, by arithmetic and by measurement."""
