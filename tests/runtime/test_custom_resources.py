"""CloudFormation hears how it went, whatever happens."""

import json
from contextlib import nullcontext

import pytest

from runtime import custom_resources
from runtime.custom_resources import LONGEST_REASON, carry_out

EVENT = {
    "ResponseURL": "https://127.0.0.1/answer?signed",
    "StackId": "stack",
    "RequestId": "r",
    "LogicalResourceId": "Removal",
}


@pytest.fixture
def answers(monkeypatch):
    """Listen as CloudFormation does, and keep what is put."""
    told = []

    def opened(request, timeout):
        assert timeout
        assert (request.get_method(), request.full_url) == ("PUT", EVENT["ResponseURL"])
        assert request.get_header("Content-type") == ""
        told.append(json.loads(request.data))
        return nullcontext()

    monkeypatch.setattr("runtime.custom_resources.urllib.request.urlopen", opened)
    return told


def test_what_was_done_is_told_with_whom_it_was_for(answers):
    done = []
    carry_out(EVENT, lambda: done.append(1))
    assert done == [1]
    assert answers == [
        {
            "Status": "SUCCESS",
            "Reason": "",
            "PhysicalResourceId": "Removal",
            "StackId": "stack",
            "RequestId": "r",
            "LogicalResourceId": "Removal",
        }
    ]


def test_a_resource_keeps_its_name_as_another_would_have_the_one_before_deleted(answers):
    carry_out({**EVENT, "PhysicalResourceId": "as it was"}, lambda: None)
    assert answers[0]["PhysicalResourceId"] == "as it was"


def test_what_was_not_done_is_told_with_its_reason_cut_to_what_fits(answers):
    def fail():
        raise TimeoutError("not in time " + "x" * 5000)

    carry_out(EVENT, fail)
    assert answers[0]["Status"] == "FAILED"
    assert answers[0]["Reason"].startswith("TimeoutError: not in time")
    assert len(answers[0]["Reason"]) == LONGEST_REASON


@pytest.mark.parametrize(
    "url",
    ["file:///answer", "http://s3.example.com/answer", "http://127.0.0.1.example.com/answer"],
)
def test_an_answer_goes_by_tls_or_stays_on_this_machine(answers, url):
    with pytest.raises(ValueError, match=r"ResponseURL begins with .*; allowed: https://"):
        custom_resources.answer({**EVENT, "ResponseURL": url}, reason="")
    assert answers == []


def test_an_emulator_on_this_machine_is_answered(monkeypatch):
    asked = []

    def opened(request, timeout):
        asked.append((request.full_url, timeout))
        return nullcontext()

    monkeypatch.setattr("runtime.custom_resources.urllib.request.urlopen", opened)
    custom_resources.answer({**EVENT, "ResponseURL": "http://127.0.0.1:4566/answer"}, reason="")
    assert asked == [("http://127.0.0.1:4566/answer", custom_resources.SECONDS)]
