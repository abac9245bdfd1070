"""Calls are counted by action, and by the second that held most of them."""

from sandbox.faults.call_counts import CallCounts


def tally_of(*moments):
    now = iter(moments)
    tally = CallCounts(lambda: next(now))
    for _ in moments:
        tally.add("translate:TranslateText")
    return tally


def test_calls_are_counted_by_action():
    tally = CallCounts()
    for action in ("s3:PutObject", "kms:Decrypt", "s3:PutObject"):
        tally.add(action)
    assert tally.calls == {"kms:Decrypt": 1, "s3:PutObject": 2}


def test_the_peak_is_of_any_second_and_not_of_those_of_the_clock():
    assert tally_of(0.1, 0.8, 0.9, 1.0, 1.2, 9.0).peaks == {"translate:TranslateText": 4}


def test_calls_a_second_apart_never_meet():
    assert tally_of(0.0, 1.0, 2.0, 3.0).peaks == {"translate:TranslateText": 1}


def test_a_peak_stays_until_it_is_forgotten():
    tally = tally_of(0.0, 0.1, 50.0)
    assert tally.peaks == {"translate:TranslateText": 2}
    tally.clear()
    assert (tally.peaks, tally.calls) == ({}, {})
