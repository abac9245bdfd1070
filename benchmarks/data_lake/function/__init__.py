"""The function's work on large files beside a loop of csv and fastjsonschema."""
