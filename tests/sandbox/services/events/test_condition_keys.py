"""Who may put which events: policies may name sources and detail types."""

import json

import pytest
from botocore.exceptions import ClientError

ALLOWED = {
    "Effect": "Allow",
    "Action": "events:PutEvents",
    "Resource": "*",
    "Condition": {
        "ForAllValues:StringEquals": {"events:source": "shop", "events:detail-type": "Sold"},
        "Null": {"events:source": "false", "events:detail-type": "false"},
    },
}


@pytest.fixture
def put(as_role):
    """Put events of these sources and types, in one request, as a role that may put its own."""
    events = as_role(ALLOWED)("events")

    def send(*kinds):
        return events.put_events(
            Entries=[
                {"Source": source, "DetailType": kind, "Detail": json.dumps({})}
                for source, kind in kinds
            ]
        )["FailedEntryCount"]

    return send


def test_events_of_the_allowed_kind_may_be_put(put):
    assert put(("shop", "Sold"), ("shop", "Sold")) == 0


@pytest.mark.parametrize("other", [("bank", "Sold"), ("shop", "Robbed")])
def test_a_request_with_one_of_another_kind_is_refused(put, other):
    with pytest.raises(ClientError, match="AccessDenied"):
        put(("shop", "Sold"), other)
