"""How many requests per second Amazon Rekognition grants."""

_LARGE_REGIONS = ("us-east-1", "us-west-2", "eu-west-1")


def default_rate(region: str) -> float:
    """Give the default quota of one image operation, in transactions per second.

    Source: quotas of Amazon Rekognition in the AWS General Reference.
    """
    return 50.0 if region in _LARGE_REGIONS else 5.0
