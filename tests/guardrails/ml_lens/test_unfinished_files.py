"""REL10."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.unfinished_files import OPTIMIZER, PLACE, RULE


def optimizer(**kept):
    configuration = kept
    for name in reversed(PLACE[:-1]):
        configuration = {name: configuration}
    return one(OPTIMIZER, Type="orphan_file_deletion", **configuration)


@pytest.mark.parametrize("days", [{}, {PLACE[-1]: 3}, {PLACE[-1]: "30"}])
def test_files_of_three_days_are_nobodys(found_in, days):
    assert found_in(RULE, optimizer(**days)) == []


@pytest.mark.parametrize("days", [1, "2", {"Ref": "Days"}])
def test_younger_ones_may_be_a_runs(found_in, days):
    assert len(found_in(RULE, optimizer(**{PLACE[-1]: days}))) == 1


def test_an_optimizer_of_another_kind_has_no_such_files(found_in):
    assert found_in(RULE, one(OPTIMIZER, Type="compaction")) == []
