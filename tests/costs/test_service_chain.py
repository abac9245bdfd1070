"""The cost model of the service chain."""

import pytest

from costs.bill import Range, total
from costs.prices import prices
from costs.service_chain import (
    ai_services,
    documents_an_hour,
    expected,
    per_documents,
    per_month,
    spoken_hour,
)


def priced(amounts, item):
    return next(line for line in per_documents(amounts) if line.item == item)


# What `make demo ARCH=ServiceChain` counted on 2026-11-21, but for three states of each batch that
# are no more.
@pytest.mark.parametrize(
    ("given", "transitions", "invocations", "children"),
    [
        ({"characters": 848, "targets": 2, "personal": 2}, 78, 11, 5),
        ({"characters": 845, "targets": 1, "personal": 1}, 57, 8, 3),
        ({"characters": 370, "targets": 2, "personal": 2, "audio_seconds": 33.5}, 86, 11, 5),
    ],
)
def test_the_model_brackets_what_the_demo_counted(given, transitions, invocations, children):
    amounts = expected(**given)
    assert amounts.transitions.low <= transitions <= amounts.transitions.high
    assert amounts.invocations.low == invocations
    assert amounts.children.low == children


def test_a_thousand_documents_cost_a_thousand_times_one():
    one, many = (total(per_documents(a)) for a in (expected(2_000), expected(2_000).times(1_000)))
    assert many.low == pytest.approx(1_000 * one.low)
    assert many.high == pytest.approx(1_000 * one.high)


def test_no_line_is_dearer_in_the_low_case():
    for line in (*per_documents(expected(10)), *per_documents(spoken_hour()), *per_month()):
        assert 0 <= line.low <= line.high, line.item


def test_an_hour_is_sixty_minutes_at_either_price_of_transcribe():
    price, line = prices()["transcribe_minute"], priced(spoken_hour(), "Transcribe")
    assert (line.low, line.high) == (60 * price.low, 60 * price.high)


def test_a_short_recording_may_be_billed_as_fifteen_seconds():
    line = priced(expected(50, audio_seconds=3), "Transcribe")
    assert line.high / line.low == pytest.approx(5 * 4)


def test_a_text_is_not_transcribed_and_a_recording_tells_its_language_for_nothing():
    text, call = expected(2_000), expected(2_000, audio_seconds=133)
    assert priced(text, "Transcribe").high == 0
    assert text.comprehend_units.low - call.comprehend_units.low == 20


def test_each_character_is_translated_once_for_each_target():
    assert expected(2_000, targets=3).translated_characters.low == 6_000
    assert expected(2_000, targets=0, personal=1).translated_characters.high == 0


def test_units_are_at_least_three_for_each_text_and_operation():
    # Three operations, one language, PII, and the language of the text.
    assert expected(10, targets=0, personal=1).comprehend_units.low == 3 * 3 + 3 + 3


@pytest.mark.parametrize("amounts", [expected(2_000), spoken_hour()])
def test_the_ai_services_are_nearly_the_whole_bill(amounts):
    lines = per_documents(amounts)
    assert total(ai_services(lines)).low > 0.96 * total(lines).low
    assert total(ai_services(lines)).high > 0.93 * total(lines).high


def test_transitions_are_a_small_part_of_what_they_pace():
    lines = per_documents(spoken_hour())
    steps = next(line for line in lines if line.item == "Step Functions")
    assert steps.high < 0.01 * total(ai_services(lines)).low


def test_a_quota_lets_through_what_it_says():
    let = documents_an_hour(2_000, calls_per_second=10, characters_per_call=1_000, languages=3)
    assert let == pytest.approx(3600 * 10 / 6)


def test_a_bill_that_nobody_ran_up_is_nothing():
    nothing = expected(2_000).times(0)
    assert total(per_documents(nothing)) == Range(0, 0)
