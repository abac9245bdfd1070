"""Model hosting: an approved model becomes an endpoint's, watched, and taken back if it is bad."""

DESCRIPTION = (
    "Approved models behind a SageMaker endpoint and an API: shifted in steps, watched by alarms, "
    "taken back when one rings."
)
