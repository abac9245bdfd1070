"""Glue's crawlers: objects that are looked at, and tables that are made of what was seen."""
