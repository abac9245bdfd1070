"""Asking Athena."""

import io
from types import SimpleNamespace
from typing import Any

import pytest

from demos import athena
from demos.athena import ask
from demos.deployed import Outputs
from demos.stage import DemoError

STACK = Outputs("results", "base", "group", "url")


class Athena:
    """Runs every query through the same states, one further at each question."""

    def __init__(self, *states):
        self.states, self.asked = list(states), {}

    def start_query_execution(self, **given):
        """Note who asks where."""
        self.asked = given
        return {"QueryExecutionId": "1"}

    def get_query_execution(self, **given):
        """Tell the next state, and the last one ever after."""
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        place = {"OutputLocation": "s3://answers/a/1.csv"}
        status = {"State": state, "StateChangeReason": "no such view"}
        return {"QueryExecution": {"Status": status, "ResultConfiguration": place}}


def asked(service):
    def get_object(**given):
        assert given == {"Bucket": "answers", "Key": "a/1.csv"}
        return {"Body": io.BytesIO('name,n\n"Zoë, again",2\n'.encode())}

    clients = {"athena": service, "s3": SimpleNamespace(get_object=get_object)}
    sandbox: Any = SimpleNamespace(client=clients.__getitem__)
    return ask(sandbox, STACK, {"names": "SELECT name, n FROM names"})


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    now = SimpleNamespace(at=0.0)
    monkeypatch.setattr(athena, "monotonic", lambda: now.at)
    monkeypatch.setattr(athena, "sleep", lambda s: setattr(now, "at", now.at + 10))


def test_an_answer_is_rows_by_column():
    service = Athena("QUEUED", "RUNNING", "SUCCEEDED")
    assert asked(service) == {"names": [{"name": "Zoë, again", "n": "2"}]}
    assert service.asked["WorkGroup"] == "group"
    assert service.asked["QueryExecutionContext"]["Database"] == "base"


def test_a_query_that_fails_says_which_and_why():
    with pytest.raises(DemoError, match="athena query 'names' failed: no such view"):
        asked(Athena("RUNNING", "FAILED"))


def test_a_query_that_never_ends_is_given_up():
    with pytest.raises(DemoError, match="'names' is still RUNNING after 60 s"):
        asked(Athena("RUNNING"))
