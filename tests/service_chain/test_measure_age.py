"""The age of the oldest execution, from as many pages as there are."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from service_chain import measure_age

NOW = datetime(2026, 3, 1, 9, 5, tzinfo=UTC)


@pytest.fixture
def pages(aws, monkeypatch):
    monkeypatch.setattr(measure_age, "time", SimpleNamespace(time=NOW.timestamp))
    request = {"stateMachineArn": "machine-arn", "statusFilter": "RUNNING", "maxResults": 1000}

    def announce(*lists, more=False):
        for place, ages in enumerate(lists):
            executions = [
                {
                    "executionArn": "execution",
                    "stateMachineArn": "machine-arn",
                    "name": "name",
                    "status": "RUNNING",
                    "startDate": NOW - timedelta(seconds=age),
                }
                for age in ages
            ]
            is_last = place + 1 == len(lists) and not more
            token = {} if is_last else {"nextToken": str(place + 1)}
            asked = request | ({"nextToken": str(place)} if place else {})
            aws.answers("list_executions", {"executions": executions, **token}, asked)

    return announce


def test_the_oldest_is_on_the_last_page(pages, context, metrics):
    pages([1, 20], [30, 4000.5])
    assert measure_age.handler({}, context) == {"oldest_seconds": 4000.5, "running": 4}
    assert metrics(service="ServiceChain") == {
        "OldestExecutionAge": [4000.5],
        "RunningExecutions": [4],
    }


def test_nothing_at_work_is_no_age(pages, context, metrics):
    pages([])
    assert measure_age.handler({}, context) == {"oldest_seconds": 0, "running": 0}
    assert metrics(service="ServiceChain")["OldestExecutionAge"] == [0]


def test_a_clock_behind_aws_makes_no_negative_age(pages, context):
    pages([-3])
    assert measure_age.handler({}, context)["oldest_seconds"] == 0


def test_a_schedule_whose_clock_is_ahead_is_believed(pages, context):
    pages([-3])
    tick = {"time": (NOW + timedelta(seconds=60)).isoformat().replace("+00:00", "Z")}
    assert measure_age.handler(tick, context)["oldest_seconds"] == 57


def test_when_time_is_up_what_was_seen_is_published(pages, context, metrics, log):
    pages([1], [50], more=True)
    left = iter([60_000, 4_000])
    context.get_remaining_time_in_millis = lambda: next(left)
    assert measure_age.handler({}, context) == {"oldest_seconds": 50, "running": 2}
    assert "too many executions to count" in log()
