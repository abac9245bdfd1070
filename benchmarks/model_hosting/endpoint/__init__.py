"""An endpoint of two variants under load, and what the API before it adds."""
