"""Failures: AWS's errors are told apart by what helps against them."""

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from runtime.errors import Failure, failure_of


def client_error(code, message="", status=400):
    response = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("ProvisionedThroughputExceededException", 400),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
        ("Whatever", 429),
    ],
)
def test_what_passes_is_tried_again(code, status):
    assert failure_of(client_error(code, status=status)).is_transient


@pytest.mark.parametrize("code", ["InvalidParameterException", "AccessDeniedException", "404"])
def test_what_does_not_pass_is_not(code):
    assert not failure_of(client_error(code)).is_transient


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "403"])
def test_a_missing_permission_is_known_by_any_of_its_names(code):
    assert failure_of(client_error(code)).is_denial


@pytest.mark.parametrize("code", ["404", "NoSuchKey", "NoSuchVersion"])
def test_an_absence_is_known_by_any_of_its_names(code):
    assert failure_of(client_error(code)).is_absence
    assert not Failure("403", "").is_absence


def test_a_permission_named_by_aws_is_named_in_full():
    message = f"User: {'r' * 300} is not authorized to perform: rekognition:DetectFaces"
    assert str(failure_of(client_error("AccessDeniedException", message))).endswith(message)


def test_an_address_that_spells_a_key_is_never_repeated():
    error = EndpointConnectionError(endpoint_url="https://frames.example/jane-doe/door/1.jpg")
    assert str(failure_of(error)) == "EndpointConnectionError: no usable answer from AWS"


def test_an_answer_without_details_is_a_failure_too():
    assert failure_of(ClientError({}, "Operation")) == Failure("Unknown", "", 0)


@pytest.mark.parametrize(
    ("code", "denied", "absent"),
    [
        ("AccessDenied", True, False),
        ("KmsAccessDeniedException", True, False),
        ("403", True, False),
        ("NoSuchVersion", False, True),
        ("404", False, True),
        ("SlowDown", False, False),
    ],
)
def test_codes_of_aws_are_understood(code, denied, absent):
    failure = failure_of(client_error(code))
    assert (failure.is_denial, failure.is_absence) == (denied, absent)


def test_an_error_without_an_answer_is_told_by_its_type():
    assert failure_of(TimeoutError("https://inbox/jane-doe.wav")).code == "TimeoutError"
