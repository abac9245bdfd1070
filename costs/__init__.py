"""What the architectures cost: arithmetic on list prices, no measurement."""
