"""The function behind the API: predictions, or one clear reason why there are none."""

import base64

import pytest
from botocore.exceptions import ReadTimeoutError

ROW = {"dwell_seconds": 12.5, "entrance": "north"}


def test_rows_are_answered_with_predictions_the_variant_and_the_version(function, metrics):
    function.has_variants(Champion=1.0)
    function.predicts(0.25, 0.75)
    assert function.run({"rows": [ROW, ROW]}) == (
        200,
        {
            "id": "request-1",
            "predictions": [0.25, 0.75],
            "variant": "Champion",
            "model_version": "3",
        },
    )
    assert metrics(service="ModelHosting", status="200")["Answers"] == [1]


def test_a_key_is_answered_by_its_own_variant_and_without_one_the_endpoint_decides(function):
    function.has_variants(Champion=0.0, Challenger=1.0)
    function.predicts(0.25, variant="Challenger", target="Challenger")
    function.predicts(0.25, variant="Champion")
    assert function.run({"rows": [ROW], "key": "shopper-1"})[1]["variant"] == "Challenger"
    assert function.run({"rows": [ROW]})[1]["variant"] == "Champion"


def test_each_variant_is_told_with_its_own_version(function):
    function.has_variants("modelhosting-v3-v5-0a1b", Champion=1.0, Challenger=1.0)
    for variant, version in (("Champion", "3"), ("Challenger", "5")):
        function.predicts(0.25, variant=variant)
        assert function.run({"rows": [ROW]})[1]["model_version"] == version


def test_who_asks_for_a_variant_that_an_update_took_away_is_answered_by_another(function):
    function.has_variants(Champion=0.0, Challenger=1.0)
    function.fails("invoke_endpoint", "ValidationError", "Variant Challenger not found for Request")
    function.predicts(0.25)
    function.has_variants(Champion=1.0)
    function.predicts(0.25, target="Champion")
    for _ in range(2):
        assert function.run({"rows": [ROW], "key": "a"})[0] == 200


def test_where_no_model_is_deployed_nobody_is_asked_twice(function):
    function.fails("describe_endpoint", "ValidationException", "Could not find endpoint")
    function.fails("invoke_endpoint", "ValidationError", "Endpoint modelhosting not found.")
    assert function.run({"rows": [ROW], "key": "a"})[0] == 503


def test_weights_are_looked_up_again_after_a_while(function):
    function.has_variants(Champion=1.0, Challenger=0.0)
    function.predicts(0.25, target="Champion")
    function.run({"rows": [ROW], "key": "a"})
    function.clock.now += 16
    function.has_variants(Champion=0.0, Challenger=1.0)
    function.predicts(0.25, target="Challenger")
    function.run({"rows": [ROW], "key": "a"})


def test_who_cannot_be_told_the_weights_is_answered_nevertheless(function):
    function.fails("describe_endpoint", "ThrottlingException")
    function.predicts(0.25)
    status, told = function.run({"rows": [ROW], "key": "a"})
    assert (status, told["model_version"]) == (200, None)


def test_a_busy_endpoint_is_asked_again_after_a_wait(function):
    function.has_variants(Champion=1.0)
    function.fails("invoke_endpoint", "ThrottlingException")
    function.fails("invoke_endpoint", "ServiceUnavailable", status=503)
    function.predicts(0.25)
    assert function.run({"rows": [ROW]})[0] == 200
    assert function.clock.sleeps == [0.25, 0.5]


def test_an_endpoint_that_stays_busy_is_given_up_in_time(function, log):
    function.has_variants(Champion=1.0)
    for _ in range(50):
        function.fails("invoke_endpoint", "ServiceUnavailable", status=503)
    status, told = function.run({"rows": [ROW]}, seconds=4)
    assert (status, told["error"]) == (503, "the endpoint is busy; try again in a moment")
    assert sum(function.clock.sleeps) <= 4
    assert "ServiceUnavailable" in log()
    function.forget("sagemaker-runtime")


def test_a_failing_endpoint_is_left_alone_and_tried_again_by_one_request(function):
    function.has_variants(Champion=1.0)
    for _ in range(5):
        function.fails("invoke_endpoint", "InternalFailure", status=400)
        assert function.run({"rows": [ROW]})[0] == 502
    status, told = function.run({"rows": [ROW]})
    assert status == 503
    assert told["error"].startswith("the endpoint fails and is left alone; try again in 10 s")
    function.clock.now += 10.5
    function.predicts(0.25)
    function.predicts(0.25)
    assert function.run({"rows": [ROW]})[0] == 200
    assert function.run({"rows": [ROW]})[0] == 200


def test_requests_that_the_model_refuses_are_no_failures_of_the_endpoint(function, log):
    function.has_variants(Champion=1.0)
    for _ in range(6):
        function.model_fails(400, '{"error": "row 0: dwell_seconds has to be a number"}')
        assert function.run({"rows": [ROW]}) == (
            400,
            {"error": "row 0: dwell_seconds has to be a number"},
        )
    assert not log()


@pytest.mark.parametrize(
    ("status", "message", "answered"),
    [
        (415, '{"error": "the content type cannot be read"}', 400),
        (413, '{"error": "a body may have 6291456 bytes at most"}', 413),
        (400, "Traceback (most recent call last):\n  File …\nValueError: 47", 400),
        (400, "dwell_seconds is missing\nTraceback (most recent call last):\n  File …", 400),
        (400, "", 400),
        (404, "<html>", 502),
    ],
    ids=["type", "size", "traceback", "reason-and-traceback", "silent", "strange"],
)
def test_what_a_container_says_is_told_in_one_line_without_a_traceback(
    function, status, message, answered
):
    function.has_variants(Champion=1.0)
    function.model_fails(status, message)
    found, told = function.run({"rows": [ROW]})
    assert found == answered
    assert "\n" not in told["error"]
    assert "Traceback" not in told["error"]
    assert told["error"]


@pytest.mark.parametrize(
    ("code", "status", "answered"),
    [
        ("ValidationError", 400, 503),
        ("AccessDeniedException", 403, 500),
        ("InternalDependencyException", 530, 503),
    ],
    ids=["no-endpoint", "no-right", "dependency"],
)
def test_what_goes_wrong_on_our_side_is_no_fault_of_the_request(function, code, status, answered):
    function.has_variants(Champion=1.0)
    for _ in range(9):
        function.fails("invoke_endpoint", code, status=status)
    assert function.run({"rows": [ROW]}, seconds=1)[0] == answered
    function.forget("sagemaker-runtime")


def test_an_endpoint_that_does_not_answer_in_time_says_so(function, monkeypatch, clients):
    function.has_variants(Champion=1.0)

    def silent(**_):
        function.clock.now += 8
        raise ReadTimeoutError(endpoint_url="https://x")

    monkeypatch.setattr(clients["sagemaker-runtime"], "invoke_endpoint", silent)
    status, told = function.run({"rows": [ROW]})
    assert (status, told["error"][:34]) == (504, "the endpoint did not answer in tim")


def test_an_answer_that_is_no_answer_is_not_passed_on(function):
    function.has_variants(Champion=1.0)
    function.predicts(0.25, 0.75)
    function.stubs["sagemaker-runtime"]._queue[0]["response"][1]["Body"]._raw_stream.truncate(3)
    function.stubs["sagemaker-runtime"]._queue[0]["response"][1]["Body"]._content_length = "3"
    assert function.run({"rows": [ROW, ROW]})[0] == 502


DEEP = "[" * 5_000 + "]" * 5_000
NAME = "Mathilde Roux"  # no reason and no log may hold a value of a request
BAD: dict[str, tuple[object, int]] = {
    "no-body": (None, 400),
    "empty-body": ("", 400),
    "blank-body": ("  \n", 400),
    "no-json": (f"rows: {NAME}", 400),
    "half-json": ('{"rows": [{"a": 1}', 400),
    "more-after-json": ('{"rows": [{"a": 1}]} {}', 400),
    "single-quotes": ("{'rows': [{'a': 1}]}", 400),
    "trailing-comma": ('{"rows": [{"a": 1},]}', 400),
    "comment": ('{"rows": [{"a": 1}] /* one */}', 400),
    "a-number": ("1", 400),
    "a-text": (f'"{NAME}"', 400),
    "null": ("null", 400),
    "an-array": ('[{"a": 1}]', 400),
    "no-rows": ("{}", 400),
    "rows-empty": ({"rows": []}, 400),
    "rows-null": ({"rows": None}, 400),
    "rows-a-text": ({"rows": NAME}, 400),
    "rows-an-object": ({"rows": {"a": 1}}, 400),
    "row-a-number": ({"rows": [1]}, 400),
    "row-an-array": ({"rows": [[1, 2]]}, 400),
    "row-null": ({"rows": [None]}, 400),
    "row-empty": ({"rows": [{}]}, 400),
    "second-row-bad": ({"rows": [ROW, "x"]}, 400),
    "extra-member": ({"rows": [ROW], "name": NAME}, 400),
    "nan": ('{"rows": [{"a": NaN}]}', 400),
    "infinity": ('{"rows": [{"a": Infinity}]}', 400),
    "minus-infinity": ('{"rows": [{"a": -Infinity}]}', 400),
    "overflowing-float": ('{"rows": [{"a": 1e999}]}', 400),
    "huge-integer": ('{"rows": [{"a": ' + "9" * 400 + "}]}", 400),
    "integer-of-5000-digits": ('{"rows": [{"a": ' + "9" * 5_000 + "}]}", 400),
    "nested-object": ({"rows": [{"a": {"b": NAME}}]}, 400),
    "nested-array": ({"rows": [{"a": [1]}]}, 400),
    "long-text": ({"rows": [{"a": "x" * 1_001}]}, 400),
    "half-of-a-pair": ('{"rows": [{"a": "\\ud800"}]}', 400),
    "name-twice": ('{"rows": [{"a": 1, "a": 2}]}', 400),
    "rows-twice": ('{"rows": [{"a": 1}], "rows": [{"a": 2}]}', 400),
    "deep-json": (DEEP, 400),
    "deep-row": ('{"rows": [{"a": ' + DEEP + "}]}", 400),
    "too-many-features": ({"rows": [{str(n): n for n in range(501)}]}, 400),
    "key-a-number": ({"rows": [ROW], "key": 7}, 400),
    "key-empty": ({"rows": [ROW], "key": ""}, 400),
    "key-long": ({"rows": [ROW], "key": "k" * 257}, 400),
    "too-many-rows": ({"rows": [ROW] * 101}, 413),
    "too-many-bytes": ('{"rows": [{"a": "' + "x" * 1_000_000 + '"}]}', 413),
}


@pytest.mark.parametrize(("body", "status"), BAD.values(), ids=BAD)
def test_bad_input_is_refused_with_one_line_and_nothing_of_it_is_told(function, log, body, status):
    found, told = function.run(body)
    assert found == status
    (reason,) = told.values()
    assert len(reason.splitlines()) == 1
    assert "; " in reason  # what is wrong, then what to do
    assert NAME not in reason
    assert not log()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 415),
        ({"Content-Type": "text/csv"}, 415),
        ({"content-type": "application/x-npy"}, 415),
        ({"Content-Type": "application/json; charset=latin-1"}, 415),
        ({"Content-Type": "application/json", "Accept": "text/csv"}, 406),
        ({"Content-Type": "application/json", "Accept": "application/json;q=0"}, 406),
    ],
    ids=["none", "csv", "pickle", "latin", "accept-csv", "accept-nothing"],
)
def test_another_type_of_content_is_refused(function, headers, status):
    assert function.run({"rows": [ROW]}, headers=headers)[0] == status


@pytest.mark.parametrize(
    "headers",
    [
        {"CONTENT-TYPE": "Application/JSON; Charset=UTF-8"},
        {"content-type": "application/json", "accept": "text/html, application/*;q=0.8"},
        {"content-type": 'application/json; charset="utf-8"', "accept": "*/*"},
    ],
    ids=["capitals", "range", "quoted"],
)
def test_content_types_may_have_parameters_and_capitals(function, headers):
    function.has_variants(Champion=1.0)
    function.predicts(0.25)
    assert function.run({"rows": [ROW]}, headers=headers)[0] == 200


def test_a_body_in_base64_is_read_and_one_that_is_none_is_refused(function):
    body = base64.b64encode(b'{"rows": [{"a": "\xff"}]}').decode()
    told = {"error": "the body is not UTF-8; send UTF-8"}
    assert function.run(body, isBase64Encoded=True) == (400, told)
    assert function.run("?", isBase64Encoded=True)[0] == 400
