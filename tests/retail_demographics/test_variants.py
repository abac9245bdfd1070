"""The stack with settings of its own: frames that are kept, larger quotas, batches too large."""

import json
from functools import partial

import pytest

from app import build_app
from guardrails import ALL_PACKS
from stacks.settings_errors import SettingsError
from testing.templates import of_type, statements

STACK = "RetailDemographics"
KEEP_FRAMES = {"retail_demographics.delete_analyzed_frames": False}


@pytest.fixture
def retail(variant):
    return partial(variant, STACK)


def test_all_rule_packs_find_nothing_where_frames_are_kept(retail):
    retail(overrides={"guardrails.packs": list(ALL_PACKS), **KEEP_FRAMES})


def test_frames_that_are_kept_cannot_be_deleted_by_the_function(retail):
    allowed = statements(retail(overrides=KEEP_FRAMES), role="AnalyzeFaces")
    assert allowed
    assert "s3:DeleteObjectVersion" not in json.dumps(allowed)


def test_a_region_with_a_larger_quota_gets_more_instances(retail):
    (feed,) = of_type(retail(region="us-east-1"), "AWS::Lambda::EventSourceMapping").values()
    assert feed["ScalingConfig"] == {"MaximumConcurrency": 10}


def test_a_batch_that_cannot_be_done_in_time_is_refused():
    with pytest.raises(SettingsError, match=r"batch_size is 200; allowed: at most 2. at"):
        build_app(only=[STACK], overrides={"retail_demographics.quota_share": 0.1}, region="x")


def test_a_large_batch_without_a_window_is_refused():
    with pytest.raises(SettingsError, match="batch_window_seconds is 0; allowed: 1 to 300"):
        build_app(only=[STACK], overrides={"retail_demographics.batch_window_seconds": 0})
