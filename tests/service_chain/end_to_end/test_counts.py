"""What a document sets in motion, counted: by kind, and whatever the length of its recording."""

import pytest

from demos.executions import runs
from fixtures.speech.calls import HAPPY, VORBIS
from fixtures.speech.long_recordings import LONGEST_SECONDS, silent_flac
from fixtures.speech.silence import silence
from fixtures.texts.library import text

# Each state once, each retry once more: what Step Functions bills. Left out are the tries for a
# turn, of which a document that is alone needs two or three, and looks at a long transcription.
TEXT = {"transitions": 67, "turns": 6, "invocations": 11, "children": 5}
SPANISH = {"transitions": 47, "turns": 4, "invocations": 8, "children": 3}
SPEECH = {"transitions": 69, "turns": 6, "invocations": 11, "children": 5}
SILENCE = {"transitions": 11, "turns": 1, "invocations": 3, "children": 0}
LOOK = ("GetTranscription", "TranscriptionDone")


def counted(calm, name):
    """Count what a finished document set in motion."""
    run = runs(calm.sandbox, {name: calm.execution(name)})[name]
    times = {state: visit.times for state, visit in run.states.items()}
    reserved = sum(n for state, n in times.items() if state.startswith("Reserve"))
    turns = sum(n for state, n in times.items() if state.startswith("WaitFor"))
    looks = times.get("GetTranscription", 0)
    lost = run.transitions - sum(times.values())
    assert lost == 0, "nothing was retried"
    assert 2 * turns >= reserved - turns, "a turn takes three tries at most"
    assert times.get("AwaitTranscription", 1) == 1 + looks
    return {
        # Each look waits again, as well.
        "transitions": run.transitions - reserved - looks * (len(LOOK) + 1),
        "turns": turns,
        "invocations": run.invocations,
        "children": run.children,
    }


def dropped(calm, key, body):
    name = calm.drop(key, body)
    assert "insights" in calm.finished([name], 300)[name]
    return counted(calm, name)


@pytest.mark.parametrize("kind", ["review", "complaint"])
def test_a_text_makes_so_many_transitions_and_no_more(calm, kind):
    assert dropped(calm, f"counts/{kind}.txt", text(kind, "en").plain()) == TEXT


def test_a_language_less_to_translate_into_is_a_third_less(calm):
    assert dropped(calm, "counts/spanish.txt", text("review", "es").plain()) == SPANISH


def test_a_recording_makes_as_many_whether_it_lasts_two_seconds_or_thirty(calm):
    assert dropped(calm, "counts/short.ogg", VORBIS.read_bytes()) == SPEECH
    assert dropped(calm, "counts/long.flac", HAPPY.recording) == SPEECH


def test_a_recording_of_four_hours_makes_no_more_than_one_of_two_seconds(calm):
    assert dropped(calm, "counts/quiet.wav", silence(2)) == SILENCE
    assert dropped(calm, "counts/quiet.flac", silent_flac(LONGEST_SECONDS)) == SILENCE
