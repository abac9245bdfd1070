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


def test_an_answer_goes_to_a_server():
    with pytest.raises(ValueError, match=r"begins with 'file:///'; want https"):
        custom_resources.answer({"ResponseURL": "file:///etc/passwd"}, reason="")
