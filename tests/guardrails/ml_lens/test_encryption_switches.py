"""ENC5."""

from guardrails.ml_lens.encryption_switches import RULE, SERVERLESS, WORKGROUP
from guardrails.ml_lens.examples import one


def test_notebooks_of_athena_need_a_key(found_in):
    spark = {"EngineVersion": {"SelectedEngineVersion": "PySpark engine version 3"}}
    assert len(found_in(RULE, one(WORKGROUP, WorkGroupConfiguration=spark))) == 1
    assert found_in(RULE, one(WORKGROUP, WorkGroupConfiguration={})) == []


def test_a_warehouse_may_not_switch_tls_off(found_in):
    for value, count in (("true", 0), ("false", 1)):
        parameter = {"ParameterKey": "require_ssl", "ParameterValue": value}
        assert len(found_in(RULE, one(SERVERLESS, ConfigParameters=[parameter]))) == count
