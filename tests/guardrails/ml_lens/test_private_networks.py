"""NET1."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guardrails.ml_lens import findings
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.private_networks import RULE

GROUP = "AWS::EC2::SecurityGroup"


def ingress(**rule):
    return one(GROUP, SecurityGroupIngress=[{"IpProtocol": "tcp", **rule}])


@pytest.mark.parametrize(
    "cidr", ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "64.0.0.0/2", "9.0.0.0/7", "no address"]
)
def test_a_part_of_the_internet_is_found(found_in, cidr):
    assert len(found_in(RULE, ingress(CidrIp=cidr))) == 1
    assert len(found_in(RULE, one(f"{GROUP}Ingress", CidrIp=cidr))) == 1


@given(st.integers(0, 23), st.integers(0, 2**32 - 1))
def test_no_wide_range_outside_of_private_ones_passes(length, address):
    network = ipaddress.IPv4Network((address, length), strict=False)
    found = list(findings(RULE, {"Resources": ingress(CidrIp=str(network))}))
    assert bool(found) != any(
        network.subnet_of(ipaddress.IPv4Network(private))
        for private in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
    )


@pytest.mark.parametrize(
    "ok",
    [
        ingress(CidrIp="10.0.0.0/8"),
        ingress(CidrIp="203.0.113.7/32"),
        ingress(CidrIp={"Fn::GetAtt": ["Vpc", "CidrBlock"]}),
        ingress(SourceSecurityGroupId={"Ref": "Other"}),
        ingress(CidrIpv6="fd00::/8"),
        one("AWS::EC2::Subnet", MapPublicIpOnLaunch=False),
    ],
)
def test_a_private_way_in_passes(found_in, ok):
    assert found_in(RULE, ok) == []


@pytest.mark.parametrize(
    "bad",
    [
        ingress(CidrIpv6="::/0"),
        ingress(CidrIpv6="2000::/3"),
        ingress(CidrIp={"Fn::ImportValue": "range"}),
        one("AWS::EC2::Subnet", MapPublicIpOnLaunch=True),
        one("AWS::EC2::Instance", NetworkInterfaces=[{"AssociatePublicIpAddress": True}]),
        one("AWS::EC2::NetworkAclEntry", CidrBlock="0.0.0.0/0", RuleAction="allow"),
    ],
)
def test_a_way_in_from_the_internet_is_found(found_in, bad):
    assert len(found_in(RULE, bad)) == 1
