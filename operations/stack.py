"""A deployed stack, as CloudFormation tells of it."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from operations.outcome import OperationError


def outputs_of(session: Any, stack: str) -> Mapping[str, str]:
    """Read a stack's outputs; raises OperationError where there is no such stack."""
    try:
        found = session.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" not in str(error):
            raise
        where = session.region_name
        raise OperationError(
            f"there is no stack {stack!r} in {where}; name one of `aws cloudformation list-stacks`"
        ) from None
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def buckets_of(session: Any, stack: str) -> list[str]:
    """List a stack's buckets."""
    pages = session.client("cloudformation").get_paginator("list_stack_resources")
    return sorted(
        resource["PhysicalResourceId"]
        for page in pages.paginate(StackName=stack)
        for resource in page["StackResourceSummaries"]
        if resource["ResourceType"] == "AWS::S3::Bucket"
    )
