"""What is written of two variants under load: shares, failures, and what the API adds."""

from collections import Counter

from benchmarks.model_hosting.endpoint.measure import Way, told
from demos.model_hosting.crowd import Answered

WAYS = [Way("InvokeEndpoint", [0.01] * 20), Way("API", [0.03] * 20)]


def answered(challenger, failed=0):
    total = 10_000
    by_variant = Counter(Champion=total - challenger - failed, Challenger=challenger)
    return Answered(by_variant, Counter({503: failed} if failed else {}))


def test_a_fair_split_is_told_and_one_that_is_none_stands_out():
    fair = told((answered(3_050), 20.0), (answered(3_000), 25.0), WAYS)
    assert "30.50% were answered by the challenger: +1.1 standard deviations" in fair
    assert "| at rest | 10,000 | 0 | 500 |" in fair
    odd = told((answered(3_400), 20.0), (answered(3_000), 25.0), WAYS)
    assert "**+8.7 standard deviations of a fair draw from 30%**" in odd


def test_who_was_not_answered_is_counted():
    text = told((answered(3_000), 20.0), (answered(3_000, failed=7), 25.0), WAYS)
    assert "| during the update | 10,000 | 7 | 400 |" in text


def test_what_the_api_adds_is_told_beside_the_direct_call():
    text = told((answered(3_000), 20.0), (answered(3_000), 25.0), WAYS)
    assert "| InvokeEndpoint | 10.0 | 10.0 | 0.0 |" in text
    assert "| API | 30.0 | 30.0 | 20.0 |" in text
