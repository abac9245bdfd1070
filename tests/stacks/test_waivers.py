"""The waivers of each architecture, for a reviewer."""

import pytest

from guardrails import ALL_PACKS
from guardrails.waiver_report import entries
from stacks.registry import ARCHITECTURES


@pytest.mark.golden
@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_waiver_has_been_reviewed(synthesize, snapshot_json, name):
    out = synthesize(only=[name], overrides={"guardrails.packs": list(ALL_PACKS)})
    assert snapshot_json == [
        {"path": e.path, "concern": e.concern, "because": e.because, "rules": list(e.rules)}
        for e in entries(out)
    ]
