"""What is taken from the CDK context, and what is refused."""

import pytest

from stacks.request import read_request
from stacks.settings.errors import SettingsError


def test_stage_architectures_and_overrides_are_told_apart():
    asked = read_request({"stage": "prod", "arch": "A, B", "alarms.errors": "3"})
    assert (asked.stage, asked.architectures) == ("prod", ("A", "B"))
    assert asked.overrides == {"alarms.errors": "3"}


@pytest.mark.parametrize(
    "key",
    ["@aws-cdk/core:target-partitions", "aws:cdk:bundling-stacks", "vpc-provider:account=1:x.y"],
)
def test_what_belongs_to_cdk_is_left_alone(key):
    assert read_request({key: True}) == read_request({})


@pytest.mark.parametrize("key", ["stages", "errors", "Arch"])
def test_a_key_that_only_looks_like_ours_is_refused(key):
    with pytest.raises(SettingsError, match=f"-c: {key} is 'x'; allowed: stage, arch and section"):
        read_request({key: "x"})
