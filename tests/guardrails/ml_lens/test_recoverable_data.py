"""REC1."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.recoverable_data import KEY, RULE


@pytest.mark.parametrize(("days", "count"), [(None, 0), (90, 0), (365, 0), (366, 1), (2560, 1)])
def test_a_key_is_rotated_within_a_year(found_in, days, count):
    more = {} if days is None else {"RotationPeriodInDays": days}
    assert len(found_in(RULE, one(KEY, **more))) == count
