"""What the machines' expressions come to, by the judgement of JSONata itself."""

import json

import pytest

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.abnormal_ending import record_abnormal_ending
from stacks.settings import load_settings

SETTINGS = load_settings().of(ServiceChain)
ONE = [{"language": "es", "batches": 1}]
TWO = [*ONE, {"language": "fr", "batches": 2}]
LANGUAGES = [{"LanguageCode": "de", "Score": 0.2}, {"LanguageCode": "zh-TW", "Score": 0.7}]
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


def test_a_failure_is_told_alike_whether_the_chain_or_another_machine_recorded_it(
    make_machine, judge, bare
):
    given = {name: FAILED_MESSAGE[name] for name in [*FAILED_MESSAGE][1:6]}
    record = {"failure_key": FAILED_MESSAGE["failure_key"]}
    by_itself = {
        "states": {"context": {"Execution": {"Input": given}}},
        "failure": {"state": "Identify", "error": "States.TIMED_OUT"},
    }
    by_another = {"given": given, "failure_error": "States.TIMED_OUT"}
    asked = [
        {
            "expression": bare(machine["States"]["PublishFailure"]["Arguments"]["Message"]),
            "variables": variables | {"record": record},
        }
        for machine, variables in (
            (make_machine(), by_itself),
            (record_abnormal_ending(SETTINGS), by_another),
        )
    ]
    told = [json.loads(each["value"]) for each in judge("jsonata.mjs", asked)]
    assert told == [FAILED_MESSAGE | {"state": state} for state in ("Identify", "Execution")]


def test_what_an_execution_was_started_with_is_read_from_its_description(bare):
    assigned = record_abnormal_ending(SETTINGS)["States"]["DescribeExecution"]["Assign"]["given"]
    assert bare(assigned) == "$parse($states.result.Input)"  # a function of Step Functions' own


@pytest.mark.parametrize(("own", "quietly"), [(True, "NotificationFailed"), (False, "Recorded")])
@pytest.mark.parametrize("key", [None, "failures/day=2026-03-01/d.json"])
def test_of_a_document_that_is_there_no_failure_is_told(
    make_machine, judge, bare, own, quietly, key
):
    states = (make_machine() if own else record_abnormal_ending(SETTINGS))["States"]
    choice = states[states["RecordFailure"]["Next"]]
    (there,) = choice["Choices"]
    variables = {"record": {"failure_key": key}}
    asked = {"expression": bare(there["Condition"]), "variables": variables}
    assert judge("jsonata.mjs", [asked]) == [{"value": key is None}]
    assert (there["Next"], choice["Default"]) == (quietly, "PublishFailure")


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
def test_what_is_analysed_is_a_list_however_many_there_are(
    judge, expression, source, translations, expected
):
    """JSONata makes a list of one the one itself, but where it is told not to."""
    variables = {"split": {"analyze": source}, "translations": translations}
    asked = {"expression": expression("AnalyzeAll", "Items"), "variables": variables}
    assert judge("jsonata.mjs", [asked]) == [{"value": expected}]


@pytest.mark.parametrize("results", [[], [{"insight": 1}], [{"insight": 1, "redaction": 2}] * 2])
def test_what_was_found_is_a_list_however_much_there_is(judge, expression, results):
    for key, part in (("insights", "insight"), ("redactions", "redaction")):
        text = expression("AnalyzeAll", "Assign", key)
        asked = {"expression": text, "variables": {"states": {"result": results}}}
        expected = [result[part] for result in results if part in result]
        assert judge("jsonata.mjs", [asked]) == [{"value": expected}]


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
def test_what_was_spoken_is_one_list(judge, expression, results):
    text = expression("SpeakAll", "Assign", "speech")
    asked = {"expression": text, "variables": {"states": {"result": results}}}
    (judged,) = judge("jsonata.mjs", [asked])
    listed = results if isinstance(results, list) else [results]
    assert judged == {
        "value": [file for f in listed for file in (f if isinstance(f, list) else [f])]
    }


@pytest.mark.parametrize("source", [[], [{"language": "en", "pieces": 1}]])
@pytest.mark.parametrize("pieces", [[], [0], [1], [0, 2], [1, 1]])
def test_what_is_spoken_are_the_texts_that_have_pieces(judge, expression, source, pieces):
    translations = [{"language": str(n), "pieces": count} for n, count in enumerate(pieces)]
    variables = {"split": {"speak": source}, "translations": translations}
    asked = {"expression": expression("SpeakAll", "Items"), "variables": variables}
    spoken = [each for each in translations if each["pieces"]]
    assert judge("jsonata.mjs", [asked]) == [{"value": [*source, *spoken]}]


def test_the_surest_language_counts_and_keeps_its_script(judge, expression):
    text = expression("DetectLanguage", "Assign", "language")
    asked = [
        {"expression": text, "variables": {"states": {"result": {"Languages": languages}}}}
        for languages in (LANGUAGES, [{"LanguageCode": "pt-BR", "Score": 0.9}])
    ]
    judged = judge("jsonata.mjs", asked)
    assert [each["value"]["base"] for each in judged] == ["zh-TW", "pt"]
    assert judged[0]["value"] == {
        "code": "zh-TW",
        "base": "zh-TW",
        "source": "identified",
        "score": 0.7,
    }


def test_a_moment_is_written_as_a_wait_reads_it(judge, expression):
    text = expression("WaitForBatchSlot", "Timestamp")
    asked = {"expression": text, "variables": {"comprehend_batch_slot": 1_700_000_000_123}}
    assert judge("jsonata.mjs", [asked]) == [{"value": "2023-11-14T22:13:20.123Z"}]
