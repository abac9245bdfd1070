"""Refusals: a reason that programs read, and a detail that a person does."""

from service_chain.failures import MAX_DETAIL_CHARACTERS, Reason, Refused


def test_a_refusal_says_its_reason_first():
    refusal = Refused(Reason.NOT_TEXT, "it has: NUL bytes")
    assert str(refusal) == "not_text: it has: NUL bytes"
    assert refusal.reason is Reason.NOT_TEXT
    assert type(refusal).__name__ == "Refused"  # the state machine's word for it


def test_a_refusal_is_short():
    assert str(Refused(Reason.GONE, "x" * 9000)) == "gone: " + "x" * MAX_DETAIL_CHARACTERS
