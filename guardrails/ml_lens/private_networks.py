"""NET1: nothing in a network of ours is reached from the internet."""

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import items, plain, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

GROUP, INGRESS = "AWS::EC2::SecurityGroup", "AWS::EC2::SecurityGroupIngress"
ACL_ENTRY = "AWS::EC2::NetworkAclEntry"
ROUTE, ADDRESS = "AWS::EC2::Route", "AWS::EC2::EIP"
# Wider than that it is no office, but a part of the internet.
WIDEST = {4: 24, 6: 48}
PRIVATE_4 = tuple(
    map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"))
)
PRIVATE_6 = tuple(map(ipaddress.IPv6Network, ("fc00::/7", "fe80::/10")))
# Wherever they stand, they give out an address on the internet.
FLAGS = (
    "MapPublicIpOnLaunch",
    "AssignIpv6AddressOnCreation",
    "AssociatePublicIpAddress",
    "AssignPublicIp",
)


def check_ingress(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield rules that let the internet in, or a large part of it."""
    rules = (
        items(holder.at("SecurityGroupIngress")) if holder.type == GROUP else [holder.properties]
    )
    for index, rule in enumerate(rules):
        if holder.type == ACL_ENTRY and (
            rule.get("Egress") is True or rule["RuleAction"] == "deny"
        ):
            continue
        for name in ("CidrIp", "CidrIpv6", "CidrBlock", "Ipv6CidrBlock"):
            if (value := plain(rule).get(name)) and _is_internet(text(value)):
                where = f"Properties.SecurityGroupIngress.{index}.{name}"
                yield Finding(holder.logical_id, where, f"{text(value)} is a part of the internet")


def check_way(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield routes to the internet by a gateway, and addresses of hosts on it."""
    if holder.type == ADDRESS and holder.at("InstanceId"):
        yield Finding(holder.logical_id, "Properties.InstanceId", "gets a public address")
    for name in ("DestinationCidrBlock", "DestinationIpv6CidrBlock"):
        value = holder.at(name) if holder.at("GatewayId") else None
        if value and _is_internet(text(value)):
            yield Finding(holder.logical_id, f"Properties.{name}", f"{text(value)} by a gateway")


def _is_internet(cidr: str) -> bool:
    if "<" in cidr:  # the address range of a VPC of this template
        return False
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return True
    if isinstance(network, ipaddress.IPv4Network):
        private = any(network.subnet_of(known) for known in PRIVATE_4)
    else:
        private = any(network.subnet_of(known) for known in PRIVATE_6)
    return not private and network.prefixlen < WIDEST[network.version]


def check(template: Template) -> Iterator[Finding]:
    """Yield open rules, and whatever gets a public address."""
    yield from per_resource((GROUP, INGRESS, ACL_ENTRY), check_ingress)(template)
    yield from per_resource((ROUTE, ADDRESS), check_way)(template)
    for resource in template.resources.values():
        for path, flag in _flags(resource.unfolded, "Properties"):
            if flag not in (False, "false", "DISABLED", None):
                yield Finding(resource.logical_id, path, f"is {flag}: it gives a public address")


def _flags(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _flags(inner, f"{path}.{index}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in FLAGS:
                yield f"{path}.{name}", inner
            else:
                yield from _flags(inner, f"{path}.{name}")


RULE = Rule(
    id="MlLens-NET1",
    practice="MLSEC05-BP01",
    message="nothing may be reached from the internet",
    fix="let in a security group or a private range, and give no public addresses",
    check=check,
    types=(GROUP, INGRESS, ACL_ENTRY, ROUTE, ADDRESS, "AWS::EC2::Subnet"),
    compliant=one(GROUP, SecurityGroupIngress=[{"IpProtocol": "tcp", "CidrIp": "10.0.0.0/8"}]),
    violating=one(GROUP, SecurityGroupIngress=[{"IpProtocol": "tcp", "CidrIp": "128.0.0.0/1"}]),
    beyond=("AwsSolutions-EC23", "NIST.800.53.R5-EC2RestrictedCommonPorts"),
)
