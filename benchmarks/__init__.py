"""What the architectures do per second, measured beside baselines."""
