"""The skeleton of an architecture, and how it is written into the tree."""
