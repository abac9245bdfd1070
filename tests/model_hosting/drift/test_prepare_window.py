"""A window is found, taken once, and listed for the job; what it lacks is told."""

import io
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from botocore.response import StreamingBody
from hypothesis import given
from hypothesis import strategies as st

from model_hosting import prepare_window
from model_hosting.drift_window import MOST_BYTES, MOST_FILES, File, chosen, window_of
from testing.stubs import Kept, Stubs, clients_of

CONTEXT = SimpleNamespace(
    function_name="f", memory_limit_in_mb=256, invoked_function_arn="f", aws_request_id="r"
)
PACKAGE = "arn:aws:sagemaker:eu-west-1:000000000000:model-package/models/7"
EVENT = {"time": "2026-11-30T15:20:00Z", "execution": "me"}
OWN = "captured/modelhosting/Champion/2026/11/30/14/"


@pytest.fixture(scope="module")
def clients():
    return clients_of("dynamodb", "s3", "sagemaker")


@pytest.fixture
def aws(monkeypatch, clients):
    monkeypatch.setattr(prepare_window, "client", clients.__getitem__)
    for name, value in {
        "CAPTURES_BUCKET": "captures",
        "ENDPOINT_NAME": "modelhosting",
        "VARIANT_NAME": "Champion",
        "JOB_PREFIX": "modelhosting-drift",
        "WINDOWS_TABLE": "windows",
        "WINDOW_HOURS": "1",
        "LAG_MINUTES": "15",
        "TRUTH_HOURS": "24",
        "ERROR_RATE": "0.01",
        "LEAST_DISTANCE": "0.05",
        "LEAST_STABILITY": "0.02",
    }.items():
        monkeypatch.setenv(name, value)
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs


def is_taken(aws, attempt=1):
    aws.answers("update_item", {"Attributes": {"attempt": {"N": str(attempt)}}})


def serves(aws, *, variant="Champion", since=datetime(2026, 11, 1, tzinfo=UTC)):
    common = {"CreationTime": since, "LastModifiedTime": since}
    aws.answers("describe_endpoint", {
        "EndpointName": "modelhosting", "EndpointArn": "arn-of-the-endpoint-as-aws-spells-it",
        "EndpointConfigName": "modelhosting-v7-0a", "EndpointStatus": "InService", **common,
    })  # fmt: skip
    aws.answers("describe_endpoint_config", {
        "EndpointConfigName": "modelhosting-v7-0a",
        "EndpointConfigArn": "arn-of-the-configuration-as-aws-spells-it",
        "ProductionVariants": [{"VariantName": variant, "ModelName": "modelhosting-v7-0a"}],
        "CreationTime": since,
    })  # fmt: skip
    if variant == "Champion":
        aws.answers("describe_model", {
            "ModelName": "modelhosting-v7-0a", "ExecutionRoleArn": "arn-of-the-role-as-aws-spells",
            "PrimaryContainer": {"ModelPackageName": PACKAGE}, "CreationTime": since,
            "ModelArn": "arn-of-the-model-as-aws-spells-it",
        })  # fmt: skip


def lies(aws, *keys):
    """Answer the next listing."""
    aws.answers("list_objects_v2", {"Contents": [{"Key": key, "Size": 9} for key in keys]})


def has_reference(aws, uri="s3://models/executions/1/explanation/reference.json"):
    metrics = {"ModelDataQuality": {"Statistics": {"ContentType": "json", "S3Uri": uri}}}
    aws.answers("describe_model_package", {
        "ModelPackageName": "models/7", "ModelPackageArn": PACKAGE, "CreationTime": 0,
        "ModelPackageStatus": "Completed", "ModelPackageStatusDetails": {"ValidationStatuses": []},
        **({"ModelMetrics": metrics} if uri else {}),
    })  # fmt: skip
    if uri:
        asked = {"Bucket": "models", "Key": "executions/1/explanation/reference.json"}
        aws.answers("get_object", {"Body": StreamingBody(io.BytesIO(b"{}"), 2)}, asked)


def test_a_window_is_listed_with_what_came_late_and_what_came_true(aws):
    is_taken(aws, attempt=2)
    serves(aws)
    past = "captured/modelhosting/Champion/2026/11/29/14/a"
    for keys in ([f"{OWN}a"], [f"{OWN[:-3]}13/z"], [], ["truths/2026/11/29/14/t"], [past]):
        lies(aws, *keys)
    has_reference(aws)
    kept = {name: Kept() for name in ("request.json", "reference.json", "files.manifest")}
    for name, body in kept.items():
        key = f"windows/2026113014/{name}"
        aws.answers("put_object", {}, {"Bucket": "captures", "Key": key, "Body": body})
    found = prepare_window.handler(EVENT, CONTEXT)
    assert found["state"] == "measure"
    assert found["job"] == "modelhosting-drift-2026113014-2"
    assert found["records"] == "drift/day=2026-11-30/window=2026113014"
    assert kept["request.json"].json()["package"] == PACKAGE
    assert kept["request.json"].json()["files"]["past"] == [past]
    assert kept["files.manifest"].json()[0] == {"prefix": "s3://captures/"}
    assert len(kept["files.manifest"].json()) == 7  # each file once


def test_what_served_before_the_model_that_serves_is_left_out(aws):
    is_taken(aws)
    serves(aws, since=datetime(2026, 11, 30, 14, 40, tzinfo=UTC))
    for keys in ([f"{OWN}a"], [], [], []):
        lies(aws, *keys)
    has_reference(aws)
    request = Kept()
    for body in (request, Kept(), Kept()):
        aws.answers("put_object", {}, {"Bucket": "captures", "Key": Kept(), "Body": body})
    prepare_window.handler(EVENT, CONTEXT)
    assert request.json()["window"]["since"] == "2026-11-30T14:40:00+00:00"


def test_a_window_that_another_execution_has_or_has_told_is_left(aws):
    aws.fails("update_item", "ConditionalCheckFailedException")
    assert prepare_window.handler(EVENT, CONTEXT)["state"] == "leave"


def test_a_window_without_a_request_is_told(aws):
    is_taken(aws)
    serves(aws)
    for _ in range(4):
        lies(aws)
    found = prepare_window.handler(EVENT, CONTEXT)
    assert (found["state"], found["reason"]) == ("tell", "no request was captured")
    assert found["told"]["package"] == PACKAGE


def test_a_model_that_brings_no_reference_is_told(aws):
    is_taken(aws)
    serves(aws)
    for keys in ([f"{OWN}a"], [], [], []):
        lies(aws, *keys)
    has_reference(aws, uri="")
    assert "names no reference" in prepare_window.handler(EVENT, CONTEXT)["reason"]


def test_that_nothing_is_deployed_is_told_and_that_nothing_is_allowed_is_an_error(aws):
    is_taken(aws)
    aws.fails("describe_endpoint", "ValidationException", "Could not find endpoint")
    assert prepare_window.handler(EVENT, CONTEXT)["reason"] == "no model is deployed"
    is_taken(aws)
    aws.fails("describe_endpoint", "AccessDeniedException", "no")
    with pytest.raises(Exception, match="AccessDenied"):
        prepare_window.handler(EVENT, CONTEXT)


MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
HOURS = st.sampled_from([1, 2, 3, 4, 6, 8, 12, 24])


@given(MOMENTS, HOURS, st.integers(1, 59))
def test_windows_are_full_over_and_leave_nothing_between_them(moment, hours, lag):
    found = window_of(moment.isoformat(), hours=hours, lag_minutes=lag)
    late = (moment - found.until).total_seconds()
    assert lag * 60 <= late < lag * 60 + hours * 3600
    assert len(found.hours) == hours
    following = window_of(
        (moment + timedelta(hours=hours)).isoformat(), hours=hours, lag_minutes=lag
    )
    assert following.since == found.until


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        window_of("2026-11-30T15:20:00", hours=1, lag_minutes=15)


@given(st.lists(st.integers(0, 20_000_000), max_size=60))
def test_files_are_chosen_evenly_and_the_job_never_reads_more_than_it_can(sizes):
    files = [File(f"{place:04}", size) for place, size in enumerate(sizes)]
    kept, left = chosen(files)
    assert len(kept) + left == len(files)
    if sum(sizes) <= MOST_BYTES:
        assert left == 0
    assert len(set(kept)) == len(kept)


def test_of_many_files_as_many_are_read_as_one_job_can():
    kept, left = chosen(File(f"{place:06}", 1) for place in range(3 * MOST_FILES))
    assert (len(kept), left) == (MOST_FILES, 2 * MOST_FILES)
    assert kept[:3] == ["000000", "000003", "000006"]
