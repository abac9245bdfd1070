"""Where the services are that not every Region has, and who may therefore be deployed where."""

from collections.abc import Collection

from stacks.settings.errors import SettingsError

# The Regions of each, without those of the isolated partitions: endpoints.json of botocore
# 1.43.106, read on 2026-11-28; Comprehend's is as in
# https://docs.aws.amazon.com/comprehend/latest/dg/guidelines-and-limits.html. The others that
# these architectures use (S3, KMS, SQS, Lambda, Step Functions, Athena, Glue, ...) are everywhere.
_EVERY = (
    "ap-northeast-1 ap-northeast-2 ap-south-1 ap-southeast-1 ap-southeast-2 ca-central-1 "
    "eu-central-1 eu-west-1 eu-west-2 us-east-1 us-east-2 us-gov-west-1 us-west-2"
)
_AND = {
    "comprehend": "",
    "polly": (
        "af-south-1 ap-east-1 ap-northeast-3 ap-southeast-5 ap-southeast-7 cn-northwest-1 "
        "eu-central-2 eu-north-1 eu-south-2 eu-west-3 eusc-de-east-1 me-south-1 sa-east-1 us-west-1"
    ),
    "rekognition": "ap-southeast-5 ap-southeast-7 eu-south-2 il-central-1 sa-east-1 us-west-1",
    "transcribe": (
        "af-south-1 ap-east-1 cn-north-1 cn-northwest-1 eu-central-2 eu-north-1 eu-west-3 "
        "me-south-1 sa-east-1 us-gov-east-1 us-west-1"
    ),
    "translate": "ap-east-1 eu-north-1 eu-west-3 us-west-1",
}
REGIONS = {service: frozenset(f"{_EVERY} {more}".split()) for service, more in sorted(_AND.items())}


def require_services(name: str, services: Collection[str], region: str) -> None:
    """Refuse to build an architecture for a Region that lacks what it needs; "" is any Region.

    Raises SettingsError with the Regions that have all of it.
    """
    lacking = [service for service in services if region and region not in REGIONS[service]]
    if lacking:
        common = frozenset.intersection(*(REGIONS[service] for service in services))
        raise SettingsError(
            f"CDK_DEFAULT_REGION is {region}, which lacks {', '.join(sorted(lacking))} that {name} "
            f"needs; allowed: {', '.join(sorted(common))}; choose one of these with AWS_REGION, "
            "switch off what needs the service, or leave the architecture out"
        )
