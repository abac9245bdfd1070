"""Glue Data Quality: rulesets in DQDL, and runs that hold tables to them."""
