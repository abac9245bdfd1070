"""However starts come together, or are killed in between, one content is one execution."""

import io
import json
from itertools import count
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError

from model_training import start_training

HASH = "a" * 64
URI = f"s3://lake/manifests/{HASH}.json"
MANIFEST = {"content_hash": HASH, "snapshot_id": "7", "files": [{"path": "s3://lake/t/1.parquet"}]}
CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=256, invoked_function_arn="f", aws_request_id="r"
)
READY = {"detail-type": "Features Ready", "detail": {"manifest": URI}}
DRIFT = {"detail-type": "Retraining Requested", "detail": {"reason": "drift of temperature"}}
TICK = {"detail-type": "Scheduled Event", "detail": {}}
BY_HAND = {"manifest": URI, "again": True}
MOST_CALLS = 12  # of one start


class _Killed(BaseException):
    """The function's end in the middle, as of a process that is killed."""


class _Account:
    """What a start asks of AWS, kept in memory; ``interrupts`` says what comes before which call.

    Conditions and tokens are held to as the services do.
    """

    class exceptions:  # noqa: N801 (as a client's is called)
        class ConditionalCheckFailedException(Exception):  # noqa: N818 (likewise)
            """The table's no."""

        class ParameterNotFound(Exception):  # noqa: N818 (likewise)
            """The store's no."""

    def __init__(self):
        self.items, self.executions, self.by_token = {}, {}, {}
        self.calls, self.interrupts = count(), {}

    def _called(self):
        if what := self.interrupts.pop(next(self.calls), None):
            what()

    def get_parameter(self, **_):
        self._called()
        return {"Parameter": {"Value": "lake"}}

    def get_paginator(self, _):
        self._called()
        entry = {"Key": f"manifests/{HASH}.json", "LastModified": "2026-03-02"}
        return SimpleNamespace(paginate=lambda **_: [{"Contents": [entry]}])

    def get_object(self, **_):
        self._called()
        return {"Body": io.BytesIO(json.dumps(MANIFEST).encode())}

    def put_object(self, **_):
        self._called()

    def put_item(self, *, Item, **_):  # noqa: N803 (boto3's)
        self._called()
        if Item["entry"]["S"] in self.items:
            raise self.exceptions.ConditionalCheckFailedException
        self.items[Item["entry"]["S"]] = dict(Item)

    def get_item(self, *, Key, **_):  # noqa: N803 (boto3's)
        self._called()
        return {"Item": dict(self.items[Key["entry"]["S"]])}

    def update_item(self, *, Key, UpdateExpression, ExpressionAttributeValues, **_):  # noqa: N803 (boto3's)
        self._called()
        item, values = self.items[Key["entry"]["S"]], ExpressionAttributeValues
        if "REMOVE" in UpdateExpression:
            if item["attempt"] != values[":this"] or "execution" not in item:
                raise self.exceptions.ConditionalCheckFailedException
            item["attempt"] = values[":next"]
            del item["execution"]
            return
        if item["attempt"] != values[":attempt"]:
            raise ClientError({"Error": {"Code": "ConditionalCheckFailedException"}}, "UpdateItem")
        item["execution"] = values[":execution"]

    def list_model_packages(self, **_):
        self._called()
        return {"ModelPackageSummaryList": []}

    def start_pipeline_execution(self, *, ClientRequestToken, PipelineParameters, **_):  # noqa: N803 (boto3's)
        self._called()
        arn, before = self.by_token.setdefault(
            ClientRequestToken, (f"execution-{len(self.by_token)}", PipelineParameters)
        )
        assert before == PipelineParameters, "SageMaker refuses a token with other parameters"
        self.executions.setdefault(arn, "Executing")
        return {"PipelineExecutionArn": arn}

    def describe_pipeline_execution(self, *, PipelineExecutionArn):  # noqa: N803 (boto3's)
        self._called()
        return {"PipelineExecutionStatus": self.executions[PipelineExecutionArn]}


@pytest.fixture
def account(monkeypatch):
    made = _Account()
    monkeypatch.setattr(start_training, "client", lambda _: made)
    for name in (
        *("ARTIFACTS_BUCKET", "BUCKET_PARAMETER", "EXECUTIONS_TABLE", "PACKAGE_GROUP"),
        *("PIPELINE_NAME", "POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"),
    ):
        monkeypatch.setenv(name, name.lower())
    monkeypatch.setenv("MANIFESTS_PREFIX", "manifests/")
    return made


def handle(*bodies):
    records = [{"messageId": f"{n}", "body": json.dumps(b)} for n, b in enumerate(bodies)]
    return start_training.handler({"Records": records}, CONTEXT)["batchItemFailures"]


@pytest.mark.parametrize(
    "other", [READY, DRIFT, TICK, BY_HAND], ids=["lake", "drift", "clock", "hand"]
)
@pytest.mark.parametrize("moment", range(MOST_CALLS))
def test_whoever_comes_in_the_middle_of_a_start_one_execution_starts(account, other, moment):
    account.interrupts[moment] = lambda: handle(other)
    handle(READY)
    handle(DRIFT, TICK, BY_HAND, READY)
    assert len(account.executions) == 1


@pytest.mark.parametrize("moment", range(MOST_CALLS))
def test_wherever_a_start_is_killed_the_next_delivery_ends_it_once(account, moment):
    def kill():
        raise _Killed

    account.interrupts[moment] = kill
    try:
        handle(READY)
    except _Killed:
        assert handle(READY) == []
    assert len(account.executions) == 1
    assert account.items[HASH]["execution"]["S"] in account.executions


@pytest.mark.parametrize("ending", ["Failed", "Stopped"])
@pytest.mark.parametrize("moment", range(MOST_CALLS))
def test_of_those_who_want_a_failed_one_again_at_once_one_is_started(account, ending, moment):
    handle(READY)
    account.executions = dict.fromkeys(account.executions, ending)
    account.calls = count()
    account.interrupts[moment] = lambda: handle(DRIFT, BY_HAND)
    handle(BY_HAND)
    assert sorted(account.executions.values()) == sorted([ending, "Executing"])
    handle(READY, TICK)  # these ask for no second try
    assert len(account.executions) == 2
