"""How long a frame takes a device, beside a bare script and beside PyTorch."""
