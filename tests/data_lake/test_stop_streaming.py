"""Before the application goes: its runs are ended, it is stopped, CloudFormation is answered."""

import json
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from data_lake import stop_streaming
from testing.stubs import Stubs, clients_of

EVENT = {
    "RequestType": "Delete",
    "ResponseURL": "https://127.0.0.1/answer?signed",
    "StackId": "stack",
    "RequestId": "request",
    "LogicalResourceId": "Stopped",
    "PhysicalResourceId": "stopped-streaming",
    "ResourceProperties": {"Application": "new"},
}
UPDATED = {"RequestType": "Update", "OldResourceProperties": {"Application": "new"}}
CONTEXT = SimpleNamespace(
    function_name="f",
    memory_limit_in_mb=1,
    invoked_function_arn="arn",
    aws_request_id="id",
    get_remaining_time_in_millis=lambda: 900_000,
)
RUN = {
    "applicationId": "new",
    "id": "run",
    "arn": "a" * 60,
    "createdBy": "b" * 20,
    "createdAt": 0,
    "updatedAt": 0,
    "executionRole": "c" * 20,
    "state": "RUNNING",
    "stateDetails": "it runs",
    "releaseLabel": "emr",
}


@pytest.fixture
def answers(monkeypatch):
    """Keep what CloudFormation is told."""
    told = []

    def opened(request, timeout):
        assert timeout
        assert request.full_url == EVENT["ResponseURL"]
        assert request.get_method() == "PUT"
        told.append(json.loads(request.data))
        return nullcontext()

    monkeypatch.setattr("runtime.custom_resources.urllib.request.urlopen", opened)
    return told


@pytest.fixture
def emr(monkeypatch):
    """Answer as EMR in the order in which a test says so; time passes by itself."""
    clients = clients_of("emr-serverless")
    monkeypatch.setattr(stop_streaming, "client", lambda: clients["emr-serverless"])
    now = [0.0]
    monkeypatch.setattr("data_lake.stop_streaming.time.monotonic", lambda: now[0])
    monkeypatch.setattr(
        "data_lake.stop_streaming.time.sleep",
        lambda seconds: now.__setitem__(0, now[0] + seconds),
    )
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs


def listed(emr, application, *runs, times=1):
    asked = {"applicationId": application, "states": list(stop_streaming.UNENDED)}
    for _ in range(times):
        emr.answers("list_job_runs", {"jobRuns": [{**RUN, "id": run} for run in runs]}, asked)


def cancelled(emr, application, run):
    emr.answers(
        "cancel_job_run",
        {"applicationId": application, "jobRunId": run},
        {"applicationId": application, "jobRunId": run, "shutdownGracePeriodInSeconds": 120},
    )


def is_now(emr, state, application="new"):
    told = {
        "applicationId": application,
        "arn": "a" * 60,
        "releaseLabel": "emr",
        "type": "Spark",
        "state": state,
        "createdAt": 0,
        "updatedAt": 0,
    }
    emr.answers("get_application", {"application": told}, {"applicationId": application})


def ask(**changes):
    stop_streaming.handler({**EVENT, **changes}, CONTEXT)


def test_nothing_is_done_when_it_is_made(emr, answers):
    ask(RequestType="Create")
    assert answers[0]["Status"] == "SUCCESS"


def test_a_deletion_ends_what_runs_then_what_was_just_started_then_stops_the_application(
    emr, answers
):
    listed(emr, "new", "one")
    cancelled(emr, "new", "one")
    listed(emr, "new", "one")  # within its grace
    listed(emr, "new", times=2)
    listed(emr, "new", "two")  # a start that was under way
    cancelled(emr, "new", "two")
    listed(emr, "new", times=6)
    is_now(emr, "STARTED")
    emr.answers("stop_application", {}, {"applicationId": "new"})
    is_now(emr, "STOPPING")
    is_now(emr, "STOPPED")
    ask()
    assert answers == [
        {
            "Status": "SUCCESS",
            "Reason": "",
            "PhysicalResourceId": "stopped-streaming",
            "StackId": "stack",
            "RequestId": "request",
            "LogicalResourceId": "Stopped",
        }
    ]


def test_an_update_ends_the_runs_of_the_job_as_it_was_and_no_newer_one(emr, answers):
    listed(emr, "new", "one")
    cancelled(emr, "new", "one")
    listed(emr, "new", "one")
    listed(emr, "new", "two")  # started by the new template
    ask(**UPDATED)
    assert answers[0]["Status"] == "SUCCESS"


def test_an_application_whose_place_another_takes_is_stopped_as_it_will_be_deleted(emr, answers):
    listed(emr, "old", "one")
    cancelled(emr, "old", "one")
    listed(emr, "old", times=6)
    is_now(emr, "STARTED", "old")
    emr.answers("stop_application", {}, {"applicationId": "old"})
    is_now(emr, "STOPPED", "old")
    ask(RequestType="Update", OldResourceProperties={"Application": "old"})
    assert answers[0]["Status"] == "SUCCESS"


def test_what_does_not_end_in_time_is_told_as_a_failure(emr, answers):
    listed(emr, "new", "one")
    cancelled(emr, "new", "one")
    listed(emr, "new", "one", times=86)
    ask()
    assert (answers[0]["Status"], answers[0]["Reason"]) == (
        "FAILED",
        "TimeoutError: runs of new have not ended: ['one']",
    )


def test_an_application_that_is_gone_has_nothing_to_stop(emr, answers):
    gone = {"service_error_code": "ResourceNotFoundException", "http_status_code": 404}
    for _ in range(6):
        emr.stubs["emr-serverless"].add_client_error("list_job_runs", **gone)
    emr.stubs["emr-serverless"].add_client_error("get_application", **gone)
    ask()
    assert answers[0]["Status"] == "SUCCESS"


def test_a_run_that_has_ended_meanwhile_is_no_failure(emr, answers):
    listed(emr, "new", "one")
    emr.stubs["emr-serverless"].add_client_error("cancel_job_run", "ResourceNotFoundException")
    listed(emr, "new")
    ask(**UPDATED)
    assert answers[0]["Status"] == "SUCCESS"


def test_a_denial_is_told(emr, answers):
    emr.stubs["emr-serverless"].add_client_error("list_job_runs", "AccessDeniedException", "no")
    ask()
    assert answers[0]["Status"] == "FAILED"
    assert answers[0]["Reason"].startswith(ClientError.__name__)
