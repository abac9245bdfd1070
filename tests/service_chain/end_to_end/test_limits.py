"""No state, input, output or result near 256 KB, no history near 25,000 events, however large."""

import pytest

from demos.executions import runs
from fixtures.speech.long_recordings import LONGEST_SECONDS, talk, transcript
from fixtures.texts.library import text

STATE_BYTES, HISTORY_EVENTS = 256 * 1024, 25_000
# What a list of figures or names says to Comprehend is many times its size.
PRICES = "Here are the prices of this week for you. " + " ".join(f"${n % 9}" for n in range(8_000))
PLACES = "Here is where we deliver to. " + ", ".join(["Rome", "Paris", "Lima", "Oslo"] * 1_000)


def run_of(calm, key, body):
    """Send a document, and read every event of its execution and of the children."""
    name = calm.drop(key, body)
    document = calm.finished([name], 500)[name]
    assert "insights" in document, document
    return document, runs(calm.sandbox, {name: calm.execution(name)})[name]


def test_a_talk_of_four_hours_stays_far_below_the_limits(calm):
    document, run = run_of(calm, "limits/talk.json", transcript(LONGEST_SECONDS))
    assert (document["words"], document["characters"]) == (36_000, len(talk(36_000)))
    assert run.children > 90
    assert run.invocations == 11, "no function runs for each piece"
    assert run.largest_state < STATE_BYTES / 2
    assert run.events < 200


def test_the_history_of_a_text_ten_times_as_long_is_no_longer(calm):
    _, short = run_of(calm, "limits/letter.txt", text("review", "en").plain())
    _, long = run_of(calm, "limits/report.txt", talk(10_000).encode())
    assert long.children > 4 * short.children
    assert long.invocations == short.invocations
    # The parent's history; tries for the turn of the one call of its own may differ.
    assert long.events <= short.events + 15


@pytest.mark.parametrize(("key", "body"), [("prices", PRICES), ("places", PLACES)])
def test_a_list_in_which_every_word_is_found_fits_all_the_same(calm, key, body):
    document, run = run_of(calm, f"limits/{key}.txt", body.encode())
    assert max(len(i["entities"]) for i in document["insights"]) > 0
    assert STATE_BYTES / 4 < run.largest_state < STATE_BYTES
    assert run.events < HISTORY_EVENTS
