"""A window is told once: figures, a record, and a wish for another model where it has drifted."""

import io
import json
from types import SimpleNamespace

import pytest
from botocore.response import StreamingBody

from model_hosting import publish_drift
from model_hosting.drift_news import MOST_FEATURES
from testing.stubs import Kept, Stubs, clients_of

CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=256, invoked_function_arn="f", aws_request_id="r"
)
RECORDS = "drift/day=2026-11-30/window=2026113014"
EVENT = {"window": "2026113014", "state": "measure", "records": RECORDS, "told": {}, "reason": ""}
WINDOW = {"since": "2026-11-30T14:00:00+00:00", "until": "2026-11-30T15:00:00+00:00"}


def finding(feature, size, *, drifted=True, test="chi-square"):
    return {"feature": feature, "test": test, "size": size, "p_value": 0.001, "drifted": drifted}


REPORT = {
    "endpoint": "modelhosting", "variant": "Champion", "package": "arn", "window": WINDOW,
    "rows": 600, "set_aside": 2, "judged": True, "drifted": True, "told": [],
    "findings": [finding("age", 0.1), finding("age", 0.3, test="range"), finding("visits", 0.2),
                 finding("store", 0.9, drifted=False)],
    "right": {"rows": 400, "accuracy": 0.8, "area": None, "told": "one class"},
}  # fmt: skip


@pytest.fixture(scope="module")
def clients():
    return clients_of("dynamodb", "s3", "events")


@pytest.fixture
def aws(monkeypatch, clients):
    monkeypatch.setattr(publish_drift, "client", clients.__getitem__)
    for name, value in {
        "CAPTURES_BUCKET": "captures",
        "WINDOWS_TABLE": "windows",
        "WISH_SOURCE": "model_training.ModelTraining",
        "WISH_TYPE": "Retraining Requested",
        "POWERTOOLS_SERVICE_NAME": "ModelHosting",
        "POWERTOOLS_METRICS_NAMESPACE": "MlReferenceArchitectures",
    }.items():
        monkeypatch.setenv(name, value)
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs


def reads(aws, report):
    body = json.dumps(report).encode()
    aws.answers("get_item", {})
    asked = {"Bucket": "captures", "Key": f"{RECORDS}/report.json"}
    aws.answers("get_object", {"Body": StreamingBody(io.BytesIO(body), len(body))}, asked)


def test_a_window_that_has_drifted_is_counted_and_asks_for_another_model(aws, metrics):
    reads(aws, REPORT)
    entries = Kept()
    aws.answers("put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": entries})
    aws.answers("update_item", {})
    assert publish_drift.handler(EVENT, CONTEXT)["drifted"] is True
    (entry,) = entries.value
    assert (entry["Source"], entry["DetailType"]) == (
        "model_training.ModelTraining",
        "Retraining Requested",
    )
    detail = json.loads(entry["Detail"])
    assert detail["reason"] == "drift of age, visits"
    assert detail["record"] == f"s3://captures/{RECORDS}/report.json"
    found = metrics(service="ModelHosting")
    assert (found["FeaturesDrifted"], found["RecordsSetAside"]) == ([2], [2])
    assert found["Accuracy"] == [0.8]
    assert "AreaUnderCurve" not in found


def test_a_window_that_has_not_drifted_asks_for_nothing(aws, metrics):
    reads(aws, {**REPORT, "findings": [], "drifted": False})
    aws.answers("update_item", {})
    publish_drift.handler(EVENT, CONTEXT)
    assert metrics(service="ModelHosting")["FeaturesDrifted"] == [0]


def test_a_window_that_was_not_judged_is_recorded_and_has_no_figure_of_drift(aws, metrics):
    aws.answers("get_item", {})
    record = Kept()
    key = f"{RECORDS}/report.json"
    aws.answers("put_object", {}, {"Bucket": "captures", "Key": key, "Body": record})
    aws.answers("update_item", {})
    told = {"endpoint": "modelhosting", "window": WINDOW, "variant": "Champion", "package": ""}
    event = {**EVENT, "state": "tell", "told": told, "reason": "no request was captured"}
    publish_drift.handler(event, CONTEXT)
    assert record.json()["told"] == ["no request was captured"]
    found = metrics(service="ModelHosting")
    assert found["WindowsNotJudged"] == [1]
    assert "FeaturesDrifted" not in found


def test_a_window_is_never_told_twice(aws, metrics):
    aws.answers("get_item", {"Item": {"entry": {"S": "w"}, "told_at": {"S": "before"}}})
    assert publish_drift.handler(EVENT, CONTEXT)["told"] is False


def test_a_wish_that_is_not_taken_leaves_the_window_untold(aws):
    reads(aws, REPORT)
    refused = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]}
    aws.answers("put_events", refused)
    with pytest.raises(publish_drift.NotPutError, match="InternalFailure"):
        publish_drift.handler(EVENT, CONTEXT)


def test_metrics_and_events_name_a_few_features_however_many_have_drifted(aws, metrics):
    many = [finding(f"feature-{place}", place / 100) for place in range(60)]
    reads(aws, {**REPORT, "findings": many})
    entries = Kept()
    aws.answers("put_events", {"FailedEntryCount": 0, "Entries": []}, {"Entries": entries})
    aws.answers("update_item", {})
    publish_drift.handler(EVENT, CONTEXT)
    detail = json.loads(entries.value[0]["Detail"])
    assert len(detail["features"]) == MOST_FEATURES
    assert detail["features"][0] == "feature-59"
    assert metrics(service="ModelHosting")["FeaturesDrifted"] == [60]
