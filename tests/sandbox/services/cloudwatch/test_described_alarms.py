"""The names of alarms in a request, in each of the protocols, and the right on every one."""

import json

import pytest
from botocore.exceptions import ClientError

from sandbox.services.cloudwatch.described_alarms import names_in

LONG = "a" * 30


@pytest.mark.parametrize(
    ("body", "query"),
    [
        (json.dumps({"AlarmNames": ["Slow", LONG]}).encode(), {}),
        (b"\xa1\x6aAlarmNames\x82\x64Slow\x78\x1e" + LONG.encode(), {}),
        (b"", {"AlarmNames.member.1": ["Slow"], "AlarmNames.member.2": [LONG], "Action": ["x"]}),
    ],
    ids=["json", "cbor", "query"],
)
def test_names_are_read_in_every_protocol(body, query):
    assert names_in(body, query) == ["Slow", LONG]


@pytest.mark.parametrize("body", [b"", b"{", b"{}", b'{"AlarmNames": 1}'])
def test_where_no_alarm_is_named_all_are_meant(body):
    assert names_in(body, {}) == []


def test_the_right_is_needed_on_each_alarm(allowed_to):
    arn = "arn:{}:alarm:Slow".format("aws:cloudwatch:us-east-1:" + "0" * 12)
    caller = allowed_to("cloudwatch", "cloudwatch:DescribeAlarms", on=arn)
    caller.describe_alarms(AlarmNames=["Slow"])
    for names in (["Slow", "Other"], ["Other", "Slow"]):
        with pytest.raises(ClientError, match="not authorized"):
            caller.describe_alarms(AlarmNames=names)
    with pytest.raises(ClientError, match="not authorized"):
        caller.describe_alarms()
