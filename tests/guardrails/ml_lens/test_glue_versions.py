"""GLU2."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.glue_versions import JOB, RULE

GOOD = {"GlueVersion": "5.1", "WorkerType": "G.1X", "Command": {"Name": "glueetl"}}


@pytest.mark.parametrize(
    "change",
    [
        {"GlueVersion": "9.9"},
        {"GlueVersion": "2.0"},
        {"WorkerType": "G.3X"},
        {"WorkerType": "Z.2X"},
        {"WorkerType": "G.025X"},
        {"MaxCapacity": 2},
        {"Command": {"Name": "glueray"}},
    ],
)
def test_what_glue_does_not_have_is_found(found_in, change):
    assert len(found_in(RULE, one(JOB, **{**GOOD, **change}))) == 1


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"GlueVersion": "6.0", "WorkerType": "R.2X"},
        {"WorkerType": "G.025X", "Command": {"Name": "gluestreaming"}},
    ],
)
def test_what_it_has_passes(found_in, change):
    assert found_in(RULE, one(JOB, **{**GOOD, **change})) == []
