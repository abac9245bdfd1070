"""What Security Hub would find in an account, a rule refuses before it is there."""

import pytest

from guardrails.ml_lens import RULES, findings
from guardrails.rule_page import page
from guardrails.security_hub import CONTROLS

BY_ID = {rule.id: rule for rule in RULES}


def test_every_control_on_sagemaker_is_there_once_and_on_the_page():
    assert [control.number for control in CONTROLS] == list(range(1, 26))
    for control in CONTROLS:
        assert f"| SageMaker.{control.number} | {control.wants} |" in page()


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"SageMaker.{control.number}")
def test_what_a_control_would_find_its_rule_refuses_or_there_is_a_reason(control):
    if not control.rule:
        assert len(control.why_none) > 5
        return
    resource = {"Type": control.type, "Properties": control.failing}
    assert list(findings(BY_ID[control.rule], {"Resources": {"It": resource}}))
