"""Rejects: what can never work is said to be so, and nothing else is."""

import pytest

from retail_demographics.rejects import (
    MAX_IMAGE_BYTES,
    Reason,
    reject_gone,
    reject_on_arrival,
    reject_on_error,
    shortened,
)


@pytest.mark.parametrize(
    ("key", "size_bytes", "reason"),
    [
        ("1.jpg", 1000, "unexpected_key"),
        ("s" * 129 + "/c/n", 1000, "unexpected_key"),
        ("paris/door/", 0, "unexpected_key"),
        ("paris/door/1.jpg", 0, "empty"),
        ("paris/door/1.jpg", MAX_IMAGE_BYTES + 1, "too_large"),
    ],
)
def test_a_hopeless_frame_is_rejected_before_a_call_is_paid_for(
    make_frame, key, size_bytes, reason
):
    reject = reject_on_arrival(make_frame(key, size_bytes=size_bytes))
    assert reject is not None
    assert reject.reason == reason
    assert reject.detail


@pytest.mark.parametrize("size_bytes", [1, MAX_IMAGE_BYTES])
def test_a_frame_within_limits_is_tried(make_frame, size_bytes):
    assert reject_on_arrival(make_frame(size_bytes=size_bytes)) is None


@pytest.mark.parametrize(
    ("code", "message", "reason"),
    [
        ("InvalidImageFormatException", "Request has invalid image format", "not_an_image"),
        ("ImageTooLargeException", "Image size is too large", "too_large"),
        ("InvalidParameterException", "Minimum image height is 80 pixels", "too_small"),
        ("InvalidParameterException", "Request has invalid parameters", "invalid_image"),
    ],
)
def test_rekognitions_final_words_have_a_reason(make_frame, code, message, reason):
    reject = reject_on_error(make_frame(), code, message)
    assert reject is not None
    assert reject.reason == reason
    assert reject.detail.startswith(message)
    assert ("80 pixels" in reject.detail) == (reason in {"too_small", "invalid_image"})


@pytest.mark.parametrize(
    "code",
    [
        "AccessDeniedException",
        "InvalidS3ObjectException",
        "ThrottlingException",
        "InternalServerError",
        "ExpiredTokenException",
        "SomethingNew",
    ],
)
def test_what_time_or_a_person_can_mend_is_never_rejected(make_frame, code):
    assert reject_on_error(make_frame(), code, "80 pixels") is None


def test_a_frame_that_is_gone_says_so(make_frame):
    assert reject_gone(make_frame()).reason is Reason.GONE


def test_a_long_message_is_cut():
    assert shortened("x" * 200) == "x" * 200
    assert shortened("x" * 201) == "x" * 197 + "..."
