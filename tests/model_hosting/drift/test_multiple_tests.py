"""Holm's adjustment, against its definition."""

from hypothesis import given
from hypothesis import strategies as st

from model_hosting.multiple_tests import holm

P_VALUES = st.lists(st.floats(0, 1), max_size=12)


@given(P_VALUES, st.floats(0.001, 0.5))
def test_what_is_rejected_is_what_the_step_down_procedure_rejects(p_values, rate):
    rejected, m = set(), len(p_values)
    for rank, index in enumerate(sorted(range(m), key=p_values.__getitem__)):
        if p_values[index] * (m - rank) > rate:
            break
        rejected.add(index)
    assert {index for index, p in enumerate(holm(p_values)) if p <= rate} == rejected


@given(P_VALUES)
def test_none_is_smaller_than_it_was_nor_larger_than_bonferroni_has_it(p_values):
    for before, after in zip(p_values, holm(p_values), strict=True):
        assert before <= after <= min(1.0, before * len(p_values)) or after == 1.0
