"""Model hosting: which kinds there are, and how an update shifts traffic."""
