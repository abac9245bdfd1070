"""Refusals: a reason that programs read, and a detail that a person does."""

import pytest

from service_chain.failures import (
    MAX_DETAIL_CHARACTERS,
    Reason,
    Refused,
    code_of,
    is_absence,
    is_denial,
)


def test_a_refusal_says_its_reason_first():
    refusal = Refused(Reason.NOT_TEXT, "it has: NUL bytes")
    assert str(refusal) == "not_text: it has: NUL bytes"
    assert refusal.reason is Reason.NOT_TEXT
    assert type(refusal).__name__ == "Refused"  # the state machine's word for it


def test_a_refusal_is_short():
    assert str(Refused(Reason.GONE, "x" * 9000)) == "gone: " + "x" * MAX_DETAIL_CHARACTERS


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
    assert (is_denial(code), is_absence(code)) == (denied, absent)


def test_an_error_without_an_answer_is_told_by_its_type():
    assert code_of(TimeoutError("https://inbox/jane-doe.wav")) == "TimeoutError"
