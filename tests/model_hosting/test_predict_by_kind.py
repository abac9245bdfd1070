"""The functions of an asynchronous endpoint, and of one that has many models."""

import io
import json
from types import SimpleNamespace

import pytest
from botocore.response import StreamingBody
from hypothesis import given
from hypothesis import strategies as st

from model_hosting import predict_by_model, predict_later
from model_hosting.ordered_rows import ordered_rows
from model_hosting.prediction_request import RefusedError
from testing.stubs import Stubs, clients_of

CONTEXT = SimpleNamespace(
    function_name="Predict", memory_limit_in_mb=512, invoked_function_arn="function-arn",
    aws_request_id="request-1", get_remaining_time_in_millis=lambda: 20_000,
)  # fmt: skip
ROWS = [{"hour": 7, "weekend": True, "note": None}]


@pytest.fixture(scope="module")
def services():
    return clients_of("s3", "sagemaker-runtime")


@pytest.fixture
def aws(services, monkeypatch):
    for name, value in {
        "ENDPOINT_NAME": "hosting", "REQUESTS_BUCKET": "batches", "REQUESTS_FOLDER": "asked",
        "POWERTOOLS_METRICS_NAMESPACE": "N", "POWERTOOLS_SERVICE_NAME": "S",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(predict_later, "client", services.__getitem__)
    found = Stubs(services)
    with found.active():
        yield found


def later(body, **headers):
    event = {"headers": {"content-type": "application/json", **headers}, "body": json.dumps(body)}
    reply = predict_later.handler(event, CONTEXT)
    return reply["statusCode"], json.loads(reply["body"])


def test_a_request_is_handed_over_and_its_answer_has_a_place(aws, capsys):
    aws.answers("put_object", {}, {
        "Bucket": "batches", "Key": "asked/request-1.json", "Body": json.dumps(ROWS).encode(),
        "ContentType": "application/json",
    })  # fmt: skip
    aws.answers("invoke_endpoint_async", {
        "InferenceId": "request-1", "OutputLocation": "s3://batches/a.out",
        "FailureLocation": "s3://batches/a-error.out",
    }, {
        "EndpointName": "hosting", "ContentType": "application/json", "Accept": "application/json",
        "InputLocation": "s3://batches/asked/request-1.json", "InferenceId": "request-1",
    })  # fmt: skip
    assert later({"rows": ROWS}) == (202, {
        "id": "request-1", "output": "s3://batches/a.out", "failure": "s3://batches/a-error.out",
    })  # fmt: skip
    assert "weekend" not in capsys.readouterr().out


def test_what_is_no_request_is_refused_before_anything_is_written(aws):
    assert later({"rows": []})[0] == 400
    assert later({"rows": ROWS}, **{"content-type": "text/csv"})[0] == 415


def test_while_no_model_is_there_the_answer_says_so(aws):
    aws.answers("put_object", {})
    aws.fails("invoke_endpoint_async", "ValidationError", "Endpoint hosting not found.")
    assert later({"rows": ROWS}) == (503, {"error": "no model is deployed; try again later"})


@given(st.permutations(["hour", "weekend", "note"]))
def test_rows_are_put_in_the_models_order_whatever_theirs_is(order):
    row = {name: ROWS[0][name] for name in order}
    assert ordered_rows([row, row], ["note", "hour", "weekend"]) == b",7,1\n,7,1"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"hour": 1}, "row 2: the columns are hour, weekend, note"),
        ({**ROWS[0], "more": 1}, "row 2: the columns are"),
        ({**ROWS[0], "hour": "Anna"}, "row 2: column hour is no number"),
    ],
)
def test_a_row_of_other_columns_is_refused_and_not_told(row, reason):
    with pytest.raises(RefusedError, match=reason) as refused:
        ordered_rows([ROWS[0], row], list(ROWS[0]))
    assert "Anna" not in str(refused.value)


def test_a_request_names_its_model_and_is_answered_by_that(function, monkeypatch):
    monkeypatch.setenv("COLUMNS", '["hour"]')
    predict_by_model.columns.cache_clear()
    body = json.dumps({"predictions": [{"score": 0.25}]}).encode()
    function.answers("invoke_endpoint", {
        "Body": StreamingBody(io.BytesIO(body), len(body)), "ContentType": "application/json",
    }, {
        "EndpointName": "modelhosting", "ContentType": "text/csv", "Accept": "application/json",
        "TargetModel": "v3.tar.gz", "Body": b"7",
    })  # fmt: skip

    def ask(told):
        event = {"headers": {"Content-Type": "application/json"}, "body": json.dumps(told)}
        reply = predict_by_model.handler(event, CONTEXT)
        return reply["statusCode"], json.loads(reply["body"])

    rows = [{"hour": 7}]
    assert ask({"rows": rows, "model": "v3"}) == (200, {"predictions": [0.25], "model": "v3"})
    for wrong in ({"rows": rows}, {"rows": rows, "model": "../v3"}, {"rows": rows, "model": 3}):
        assert ask(wrong)[0] == 400
