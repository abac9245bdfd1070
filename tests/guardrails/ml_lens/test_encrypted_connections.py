"""TLS3."""

import pytest

from guardrails.ml_lens.encrypted_connections import RULE
from guardrails.ml_lens.examples import one

LISTENER, GROUP = "AWS::ElasticLoadBalancingV2::Listener", "AWS::RDS::DBParameterGroup"


@pytest.mark.parametrize(
    ("policy", "count"),
    [
        ("ELBSecurityPolicy-TLS13-1-2-2021-06", 0),
        ("ELBSecurityPolicy-TLS13-1-3-2021-06", 0),
        ("ELBSecurityPolicy-TLS13-1-2-Ext0-2021-06", 1),
        ("ELBSecurityPolicy-TLS13-1-0-2021-06", 1),
        ("ELBSecurityPolicy-2016-08", 1),
    ],
)
def test_a_listener_has_a_current_policy(found_in, policy, count):
    assert len(found_in(RULE, one(LISTENER, Protocol="HTTPS", SslPolicy=policy))) == count


@pytest.mark.parametrize(("value", "count"), [("1", 0), ("0", 1)])
def test_a_database_may_not_switch_tls_off(found_in, value, count):
    assert len(found_in(RULE, one(GROUP, Parameters={"rds.force_ssl": value}))) == count


def test_a_database_that_says_nothing_keeps_its_default(found_in):
    assert found_in(RULE, one(GROUP, Parameters={"work_mem": "4MB"})) == []
