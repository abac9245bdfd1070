"""Units, characters and seconds as they are on the bill."""

import pytest

from service_chain.billing import audio_seconds, comprehend_units


@pytest.mark.parametrize(
    ("texts", "units"),
    [
        ([], 0),
        (["x"], 3),
        (["x" * 300], 3),
        (["x" * 301], 4),
        (["\U0001f600" * 400], 4),
        (["x", "x" * 1000], 13),
    ],
)
def test_every_text_is_billed_by_hundreds_of_characters_and_three_at_least(texts, units):
    assert comprehend_units(texts) == units


@pytest.mark.parametrize(("length", "billed"), [(None, 0), (0, 0), (0.2, 1), (61.0, 61)])
def test_a_second_begun_is_a_second(length, billed):
    assert audio_seconds(length) == billed
