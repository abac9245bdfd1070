"""ENC4."""

import pytest

from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.further_keys import APPLICATION, RULE

DATABASE = "AWS::RDS::DBInstance"


def test_insights_need_a_key_only_where_there_are_any(found_in):
    assert found_in(RULE, one(DATABASE)) == []
    assert len(found_in(RULE, one(DATABASE, EnablePerformanceInsights=True))) == 1
    keyed = {"EnablePerformanceInsights": True, "PerformanceInsightsKMSKeyId": KEY_ARN}
    assert found_in(RULE, one(DATABASE, **keyed)) == []


@pytest.mark.parametrize(("kept", "count"), [({}, 1), ({"Enabled": False}, 0)])
def test_the_logs_that_a_service_keeps_by_itself_need_one(found_in, kept, count):
    logs = {"ManagedPersistenceMonitoringConfiguration": kept}
    assert len(found_in(RULE, one(APPLICATION, MonitoringConfiguration=logs))) == count
