"""The stack with settings of its own: frames that are kept, larger quotas, batches too large."""

import json
from functools import partial

import pytest

from app import build_app
from guardrails import ALL_PACKS
from stacks.settings.errors import SettingsError
from testing.templates import in_region, of_type, statements

STACK = "RetailDemographics"
KEEP_FRAMES = {
    "retail_demographics.delete_analyzed_frames": False,
    "guardrails.packs": list(ALL_PACKS),
}


@pytest.fixture
def retail(variant):
    return partial(variant, STACK)


def test_all_rule_packs_find_nothing_where_frames_are_kept(retail):
    retail(overrides=KEEP_FRAMES)


def test_frames_that_are_kept_cannot_be_deleted_by_the_function(retail):
    allowed = statements(retail(overrides=KEEP_FRAMES), role="AnalyzeFaces")
    assert allowed
    assert "s3:DeleteObjectVersion" not in json.dumps(allowed)


@pytest.mark.parametrize(
    ("region", "instances", "calls_per_second", "calls"),
    [("us-east-1", 3, "16.666", "50"), ("eu-west-1", 3, "16.666", "50")]
    + [(region, 2, "2.500", "8") for region in ("eu-central-1", "cn-north-1", "xx-nowhere-9")],
)
def test_a_region_with_a_larger_quota_gets_more_instances(
    template, region, instances, calls_per_second, calls
):
    found = in_region(template(STACK), region)
    (feed,) = of_type(found, "AWS::Lambda::EventSourceMapping").values()
    assert feed["ScalingConfig"] == {"MaximumConcurrency": instances}
    (function,) = of_type(found, "AWS::Lambda::Function").values()
    environment = function["Environment"]["Variables"]
    assert environment["CALLS_PER_SECOND"] == calls_per_second
    assert environment["CONCURRENT_CALLS"] == calls


def test_a_quota_of_one_region_alone_is_its_own(retail):
    found = retail(
        overrides={
            "quotas.detect_faces_per_second.ap-south-1": 20,
            "retail_demographics.concurrent_functions": 10,
        }
    )
    for region, instances in {"ap-south-1": 4, "us-west-2": 10, "ap-south-2": 2}.items():
        (feed,) = of_type(in_region(found, region), "AWS::Lambda::EventSourceMapping").values()
        assert feed["ScalingConfig"] == {"MaximumConcurrency": instances}


def test_a_batch_that_cannot_be_done_in_time_is_refused():
    with pytest.raises(SettingsError, match=r"batch_size is 200; allowed: at most 2. at"):
        build_app(only=[STACK], overrides={"retail_demographics.quota_share": 0.1})


def test_a_large_batch_without_a_window_is_refused():
    with pytest.raises(SettingsError, match="batch_window_seconds is 0; allowed: 1 to 300"):
        build_app(only=[STACK], overrides={"retail_demographics.batch_window_seconds": 0})
