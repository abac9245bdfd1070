"""A job's VPC: there is no network to be inside of, and yet the role must be able to enter it."""

from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.core.emulator import PARTITION
from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.services.sagemaker.containers.objects import TransferError
from sandbox.services.sagemaker.roles import Role

_LOOKS = (
    *("ec2:DescribeNetworkInterfaces", "ec2:DescribeVpcs", "ec2:DescribeDhcpOptions"),
    *("ec2:DescribeSubnets", "ec2:DescribeSecurityGroups"),
)
_INTERFACES = (
    *("ec2:CreateNetworkInterfacePermission", "ec2:DeleteNetworkInterface"),
    "ec2:DeleteNetworkInterfacePermission",
)


def require_rights(role: Role, vpc: Mapping[str, Any] | None) -> None:
    """Raise unless a job's role may make the network interfaces by which a container is inside.

    https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html
    """
    principal = authorization.execution_role(role.arn, "SageMaker")
    for action, arn in _rights(vpc) if vpc else ():
        if denied := authorization.denial(principal, action, arn):
            raise TransferError(f"the VPC cannot be entered: {denied}")


def _rights(vpc: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    place = f"arn:{PARTITION}:ec2:{responses.get_region()}:{responses.get_account_id()}"
    interfaces = f"{place}:network-interface/*"
    parts = [f"{place}:subnet/{name}" for name in vpc["Subnets"]]
    parts += [f"{place}:security-group/{name}" for name in vpc["SecurityGroupIds"]]
    yield from (("ec2:CreateNetworkInterface", part) for part in (*parts, interfaces))
    yield from ((action, interfaces) for action in _INTERFACES)
    yield from ((action, "*") for action in _LOOKS)
