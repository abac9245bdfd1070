"""The pipeline's definition, in SageMaker's language of 2020-12-01: pure JSON."""
