"""Two tiny architectures, of which one hands its results to the other."""
