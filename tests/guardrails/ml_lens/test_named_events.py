"""ACC15."""

import pytest

from guardrails.ml_lens.examples import granting
from guardrails.ml_lens.named_events import BUS, EACH, RULE, SOURCE

THERE = {"Null": {SOURCE: "false"}}


@pytest.mark.parametrize(
    "conditions",
    [
        {"StringEquals": {SOURCE: "lake"}},
        {EACH: {SOURCE: ["lake", "lake.prod"], "events:detail-type": "Ready"}, **THERE},
        {EACH: {SOURCE: "lake"}, "Null": {SOURCE: False}},
    ],
)
def test_who_puts_events_in_its_own_name_passes(found_in, conditions):
    assert found_in(RULE, granting("events:PutEvents", BUS, Condition=conditions)) == []


@pytest.mark.parametrize(
    "conditions",
    [
        {},
        THERE,
        {EACH: {SOURCE: "lake"}},
        {EACH: {SOURCE: ["lake", "*"]}, **THERE},
        {"StringLike": {SOURCE: "lake*"}},
        {"StringEqualsIfExists": {SOURCE: "lake"}},
        {"StringEquals": {"events:detail-type": "Ready"}},
    ],
)
def test_who_may_put_them_in_others_names_is_found(found_in, conditions):
    assert len(found_in(RULE, granting("events:PutEvents", BUS, Condition=conditions))) == 1


def test_who_only_reads_a_bus_needs_no_name(found_in):
    assert found_in(RULE, granting("events:DescribeEventBus", BUS)) == []
