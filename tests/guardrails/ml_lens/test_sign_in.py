"""API2."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.sign_in import CLIENT, RULE


@pytest.mark.parametrize(
    ("address", "count"),
    [
        ("https://app.example/cb", 0),
        ("http://localhost:3000/cb", 0),
        ("birds.app://cb", 0),
        ("http://app.example/cb", 1),
        ("http://localhost.example/cb", 1),
    ],
)
def test_tokens_go_back_over_https(found_in, address, count):
    assert len(found_in(RULE, one(CLIENT, CallbackURLs=[address]))) == count
