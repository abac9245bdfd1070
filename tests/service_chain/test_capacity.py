"""Functions at once: a document takes its part, and waits for one as long as it may wait at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.capacity import (
    EVENTS_PER_ATTEMPT,
    MEASURE_INSTANCES,
    MOST_EVENTS,
    NO_ROOM,
    START_INSTANCES,
    languages_at_once,
    wait_for_room,
)
from stacks.settings import load_settings

DEFAULT = load_settings().of(ServiceChain)
SETTINGS = st.builds(
    lambda hours, functions, targets: DEFAULT.model_copy(
        update={
            "execution_hours": hours,
            "concurrent_functions": functions,
            "translate_to": targets,
        }
    ),
    st.integers(1, 720),
    st.integers(4, 1000),
    st.lists(st.sampled_from(["es", "fr", "de", "it", "pt"]), unique=True).map(tuple),
)


@given(SETTINGS)
def test_a_document_has_no_more_functions_at_once_than_its_part_and_its_languages(settings):
    at_once = languages_at_once(settings)
    assert 1 <= at_once <= 1 + len(settings.translate_to)
    assert at_once + START_INSTANCES + MEASURE_INSTANCES <= settings.concurrent_functions


@given(SETTINGS)
def test_a_document_waits_for_a_function_as_long_as_it_may_wait_at_all(settings):
    retrier = wait_for_room(settings)
    assert retrier["JitterStrategy"] == "FULL"
    average = retrier["MaxDelaySeconds"] / 2
    ramp = 20  # attempts that wait less than the longest pause, with doubled pauses
    wait = (retrier["MaxAttempts"] - ramp) * average
    assert wait >= 1.5 * settings.execution_hours * 3600


@given(SETTINGS)
def test_all_that_wait_at_the_same_time_leave_room_in_the_history(settings):
    retrier = wait_for_room(settings)
    attempts = settings.execution_hours * 3600 / (retrier["MaxDelaySeconds"] / 2)
    assert attempts * EVENTS_PER_ATTEMPT * languages_at_once(settings) <= MOST_EVENTS
    assert retrier["MaxDelaySeconds"] <= 31_622_400  # the most that AWS takes


def test_every_task_that_invokes_waits_for_room_before_it_gives_up(machines, states_of):
    found = 0
    for machine in machines.values():
        for _, state in states_of(machine):
            if state.get("Resource", "").endswith(":lambda:invoke"):
                meant = {NO_ROOM, "States.ALL"}
                first = next(r for r in state["Retry"] if meant & set(r["ErrorEquals"]))
                assert first == wait_for_room(DEFAULT) | {
                    name: first[name] for name in ("MaxDelaySeconds", "MaxAttempts")
                }
                assert first["MaxAttempts"] > 1000
                found += 1
    assert found > 100


@pytest.mark.parametrize("name", ["TranslateAll", "AnalyzeAll"])
def test_a_documents_languages_are_worked_on_so_many_at_once(make_machine, name):
    state = make_machine(concurrent_functions="4")["States"][name]
    assert state["MaxConcurrency"] == 1
    assert make_machine()["States"][name]["MaxConcurrency"] == languages_at_once(DEFAULT)
