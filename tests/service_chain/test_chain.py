"""The state machine as it is written: valid in every combination of stages, bounded, complete."""

import json
import re
import subprocess
import sys

import pytest

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages import functions_of
from stacks.service_chain.stages.abnormal_ending import record_abnormal_ending
from stacks.service_chain.stages.transcription_callback import transcription_callback
from stacks.settings import load_settings
from stacks.shared.asl import ATTEMPTS

SETTINGS = load_settings().of(ServiceChain)


def _followers(state):
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for rule in (*state.get("Catch", ()), *state.get("Choices", ())):
        yield rule["Next"]


def _catches_all(state):
    return any("States.ALL" in rule["ErrorEquals"] for rule in state.get("Catch", ()))


def _deployed(machine):
    return json.loads(json.dumps(machine).replace("${Partition}", "aws"))


@pytest.mark.golden
def test_the_machine_is_the_reviewed_one(make_machine, snapshot_json):
    assert make_machine(speak="true") == snapshot_json


@pytest.mark.golden
def test_the_small_machines_are_the_reviewed_ones(snapshot_json):
    small = {
        "transcription_callback": transcription_callback(),
        "record_abnormal_ending": record_abnormal_ending(SETTINGS),
    }
    assert small == snapshot_json


def test_every_combination_of_stages_is_a_valid_machine(judge, machines):
    assert len(machines) > 50
    verdicts = judge("asl.mjs", [_deployed(machine) for machine in machines.values()])
    assert {n: v for n, v in zip(machines, verdicts, strict=True) if v} == {}


def test_the_judge_of_machines_can_say_no(make_machine, judge):
    wrong = _deployed(make_machine())
    wrong["States"]["Identify"]["Next"] = "Nowhere"
    wrong["States"]["ReadDocument"]["Output"] = "{% $append( %}"
    (verdict,) = judge("asl.mjs", [wrong])
    assert len(verdict) == 2


def test_every_state_can_be_reached_and_every_way_leads_somewhere(scopes_of, machines):
    for machine in machines.values():
        for _, scope in scopes_of(machine):
            seen, waiting = set(), [scope["StartAt"]]
            while waiting:
                name = waiting.pop()
                if name not in seen:
                    seen.add(name)
                    waiting.extend(_followers(scope["States"][name]))
            assert seen == set(scope["States"])


def test_no_two_states_of_a_machine_share_a_name(states_of, machines):
    for machine in machines.values():
        names = [name for name, _ in states_of(machine)]
        assert len(names) == len(set(names))


def test_a_variable_belongs_to_one_scope(scopes_of, machines):
    """AWS refuses an inner scope that assigns what an outer one does."""
    for machine in machines.values():
        assigned: dict[str, tuple[str, ...]] = {}
        for path, scope in scopes_of(machine):
            for state in scope["States"].values():
                for holder in (state, *state.get("Catch", ())):
                    for name in holder.get("Assign", ()):
                        assert assigned.setdefault(name, path) == path, name


def test_children_of_a_distributed_map_use_only_their_own_variables(states_of, machines):
    """AWS gives them none of those outside."""
    for machine in machines.values():
        for _, state in states_of(machine):
            processor = state.get("ItemProcessor", {})
            if processor.get("ProcessorConfig", {}).get("Mode") != "DISTRIBUTED":
                continue
            text = json.dumps(processor)
            own = {n for _, s in states_of(processor) for n in s.get("Assign", ())}
            builtin = set(re.findall(r"\$(\w+)(?=\()", text)) | {"states"}
            assert set(re.findall(r"\$(\w+)", text)) - builtin <= own
            assert "$states.context.Execution.Input" not in text


def test_every_task_tries_again_what_may_pass_and_is_caught(scopes_of, machines):
    for name, machine in machines.items():
        caught_anyway = name in {"transcription_callback", "record_abnormal_ending"}
        for path, scope in scopes_of(machine):
            for task, state in scope["States"].items():
                if state["Type"] != "Task":
                    continue
                assert state["TimeoutSeconds"] > 0
                *never, always = state["Retry"]
                assert never
                assert always["ErrorEquals"] == ["States.ALL"]
                assert always["MaxAttempts"] == ATTEMPTS
                assert always["JitterStrategy"] == "FULL"
                assert always["MaxDelaySeconds"] == 60
                assert caught_anyway or path or _catches_all(state), task


def test_every_map_and_branch_of_the_machine_is_caught(machines):
    for machine in machines.values():
        for state in machine["States"].values():
            assert state["Type"] not in {"Map", "Parallel"} or _catches_all(state)


def test_a_stage_that_is_off_leaves_no_trace(make_machine):
    text = json.dumps(make_machine(transcribe="false", translate_to="[]", comprehend="false"))
    for word in ("transcribe:", "translate:", "polly:", "batchDetect", "SplitText", "Redact"):
        assert word not in text
    assert "detectDominantLanguage" in text
    assert "comprehend:" not in json.dumps(make_machine(comprehend="false", language="en-US"))


def test_all_functions_of_the_machine_are_employed(make_stages, make_machine):
    invoked = re.findall(r'"FunctionName": "\$\{(\w+)\}"', json.dumps(make_machine()))
    assert set(invoked) == {function.name for function in functions_of(make_stages())}


@pytest.mark.parametrize("redact", ["true", "false"])
def test_a_stage_leads_on_and_names_the_functions_and_maps_of_its_states(make_stages, redact):
    for stage in make_stages(speak="true", redact=redact):
        text = json.dumps(stage.states("After"))
        assert '"After"' in text
        invoked = re.findall(r'"FunctionName": "\$\{(\w+)\}"', text)
        assert sorted(invoked) == sorted(function.name for function in stage.functions)
        assert re.findall(r'"Label": "(\w+)"', text) == list(stage.maps)


def test_stages_are_plain_data_that_needs_no_cdk():
    looked = "import sys, stacks.service_chain.stages; print('aws_cdk' in sys.modules)"
    command = [sys.executable, "-c", looked]
    done = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - this very Python
    assert done.stdout == b"False\n"


def test_no_key_of_an_object_is_spelled_in_a_machine(machines):
    folders = "work|texts|transcripts|translations|insights|redacted|speech|documents|failures"
    for name, machine in machines.items():
        assert not re.findall(rf"\b(?:{folders})/", json.dumps(machine)), name


@pytest.mark.parametrize("overrides", [{}, {"reconcile_seconds": "60", "execution_hours": "20"}])
def test_the_longest_wait_leaves_room_in_the_history(make_machine, overrides):
    wait = make_machine(**overrides)["States"]["AwaitTranscription"]
    looks = wait["TimeoutSeconds"] / wait["HeartbeatSeconds"]
    # Of a task that times out, of one that looks, of a choice: scheduled, started, entered, exited.
    assert looks * 16 < 25_000


def test_a_heartbeat_that_stays_out_is_no_error_but_a_moment_to_look(make_machine):
    wait = make_machine()["States"]["AwaitTranscription"]
    never = wait["Retry"][0]
    assert "States.Timeout" in never["ErrorEquals"]
    assert wait["Catch"][0]["ErrorEquals"] == ["States.HeartbeatTimeout", "TranscriptionFailed"]
    assert wait["Catch"][0]["Next"] == "GetTranscription"
    assert wait["HeartbeatSeconds"] < wait["TimeoutSeconds"]


def test_the_machine_gives_up_after_what_waits_longest(make_machine):
    machine = make_machine()
    assert machine["TimeoutSeconds"] > machine["States"]["AwaitTranscription"]["TimeoutSeconds"]


def test_every_call_of_an_ai_service_that_has_a_quota_waits_for_its_turn(make_machine, states_of):
    paced = {
        "StartTranscription": "WaitForTranscribeSlot",
        "DetectLanguage": "WaitForLanguageSlot",
        "TranslateText": "WaitForTranslateSlot",
        "DetectAll": "WaitForBatchSlot",
        "StartSpeech": "WaitForSpeechSlot",
    }
    states = dict(states_of(make_machine(speak="true")))
    for call, wait in paced.items():
        before = [name for name, state in states.items() if call in _followers(state)]
        assert before == [wait]


def test_notifications_tell_no_text(make_machine):
    states = make_machine()["States"]
    for name in ("PublishSuccess", "PublishFailure"):
        message = states[name]["Arguments"]["Message"]
        assert "sample" not in message
        assert "cause" not in message


def test_nothing_after_the_document_is_written_becomes_a_failure_record(make_machine):
    states = make_machine()["States"]
    after = {rule["Next"] for rule in states["PublishSuccess"]["Catch"]}
    assert after == {"NotificationFailed"}
    assert states["NotificationFailed"]["Type"] == "Fail"
