"""SMK6."""

import pytest

from guardrails.ml_lens.closed_notebooks import DOMAIN, RULE
from guardrails.ml_lens.examples import one

STUDIO = {"AppNetworkAccessType": "VpcOnly", "SubnetIds": ["s"], "VpcId": "v"}


@pytest.mark.parametrize(
    "change", [{"AppNetworkAccessType": "PublicInternetOnly"}, *({n: None} for n in STUDIO)]
)
def test_an_open_domain_is_found(found_in, change):
    properties = {k: v for k, v in {**STUDIO, **change}.items() if v is not None}
    assert found_in(RULE, one(DOMAIN, **STUDIO)) == []
    assert len(found_in(RULE, one(DOMAIN, **properties))) == 1


def test_every_door_of_a_notebook_is_looked_at(found_in):
    closed = dict(RULE.compliant["It"]["Properties"])
    for name in closed:
        left_out = {k: v for k, v in closed.items() if k != name}
        assert len(found_in(RULE, one("AWS::SageMaker::NotebookInstance", **left_out))) == 1
