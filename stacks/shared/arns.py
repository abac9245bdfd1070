"""ARNs in whatever partition, account and Region a stack turns out to be deployed in."""

from aws_cdk import Aws

_PSEUDO_PARAMETERS = {
    Aws.PARTITION: "<AWS::Partition>",
    Aws.REGION: "<AWS::Region>",
    Aws.ACCOUNT_ID: "<AWS::AccountId>",
}


def arn_here(service: str, resource: str) -> str:
    """Name a resource of the stack's account and Region."""
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"


def finding_on(arn: str) -> str:
    """Return what the rule packs call a wildcard in an ARN of ``arn_here``."""
    for token, spelled in _PSEUDO_PARAMETERS.items():
        arn = arn.replace(token, spelled)
    return f"Resource::{arn}"
