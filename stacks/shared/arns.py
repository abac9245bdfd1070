"""ARNs in whatever partition, account and Region a stack turns out to be deployed in."""

from aws_cdk import Aws

# Read once: each use of `Aws` asks Node.
_PARTITION, _REGION, _ACCOUNT = Aws.PARTITION, Aws.REGION, Aws.ACCOUNT_ID
_PSEUDO_PARAMETERS = {
    _PARTITION: "<AWS::Partition>",
    _REGION: "<AWS::Region>",
    _ACCOUNT: "<AWS::AccountId>",
}


def arn_here(service: str, resource: str) -> str:
    """Name a resource of the stack's account and Region."""
    return f"arn:{_PARTITION}:{service}:{_REGION}:{_ACCOUNT}:{resource}"


def finding_on(arn: str) -> str:
    """Return what the rule packs call a wildcard in an ARN of ``arn_here``."""
    for token, spelled in _PSEUDO_PARAMETERS.items():
        arn = arn.replace(token, spelled)
    return f"Resource::{arn}"
