"""The machine that shifts traffic, as it is written: nothing is shifted that was not looked at."""

import json

import pytest

from stacks.model_hosting.contracts import offers
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.experiment import experiment_machine
from testing.hosting_settings import SETTINGS
from testing.oracles import verdicts

CHANGED = {"experiment_percents": [40, 60, 80, 100], "experiment_seconds": 600}
MACHINE = experiment_machine(
    ModelHosting(**{**SETTINGS, **CHANGED}),
    offers(stack_name="Hosting").experiment_changed,
    ["ChallengerFailing", "ChallengerSlow"],
)
STATES = MACHINE["States"]


def followers(state):
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for rule in (*state.get("Catch", ()), *state.get("Choices", ())):
        yield rule["Next"]


def before(name):
    return {each for each, state in STATES.items() if name in followers(state)}


@pytest.mark.golden
def test_the_machine_is_the_reviewed_one(snapshot_json):
    assert snapshot_json == MACHINE


def test_the_machine_is_valid():
    text = json.dumps(MACHINE).replace("${Partition}", "aws")
    assert verdicts("asl.mjs", [json.loads(text)]) == [[]]


def test_traffic_grows_only_after_a_verdict():
    assert before("Shift") == {"Decide", "IsOver"}
    assert before("Decide") == {"ReadExperiment"}
    assert before("ReadExperiment") == {"DoesNoneRing"}
    (worse, told, _) = STATES["Decide"]["Choices"]
    assert (worse["Next"], told["Next"]) == ("TakeBack", "TellMayStop")


def test_an_alarm_or_a_worse_verdict_gives_the_champion_all_traffic():
    assert before("TakeBack") == {"FindAlarm", "Decide"}
    weights = STATES["TakeBack"]["Arguments"]["DesiredWeightsAndCapacities"]
    assert [each["DesiredWeight"] for each in weights] == ["{% 100 - 0 %}", "{% 0 %}"]
    assert STATES["TakenBack"]["Type"] == "Fail"


def test_weights_change_without_an_update_of_the_endpoint():
    actions = {
        state["Resource"].rpartition(":")[2] for state in STATES.values() if "Resource" in state
    }
    assert actions == {
        *("describeEndpoint", "describeAlarms", "invoke"),
        *("updateEndpointWeightsAndCapacities", "putObject", "putEvents"),
    }


def test_every_change_is_recorded_and_told_even_where_one_of_them_fails():
    for name in ("Begin", "Shift", "TakeBack", "TellMayStop", "TellReplaced", "TellByHand"):
        assert STATES[name]["Next"] == "Record"
    assert STATES["Record"]["Next"] == STATES["Record"]["Catch"][-1]["Next"] == "Tell"
    assert STATES["Tell"]["Next"] == STATES["Tell"]["Catch"][-1]["Next"] == "IsOver"


def test_it_is_over_in_time():
    assert MACHINE["TimeoutSeconds"] > SETTINGS["experiment_days"] * 86_400
