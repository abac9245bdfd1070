"""Retail demographics: who is in the pictures of a store's cameras, in aggregate."""
