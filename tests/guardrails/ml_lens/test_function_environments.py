"""ENC3."""

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.function_environments import FUNCTION, RULE


@pytest.mark.parametrize("key", ["alias/aws/lambda", {"Ref": "P"}, {"Fn::ImportValue": "key"}])
def test_an_environment_under_another_key_is_found(found_in, key):
    function = one(FUNCTION, Environment={"Variables": {"A": "b"}}, KmsKeyArn=key)
    assert len(found_in(RULE, function)) == 1


@pytest.mark.parametrize("environment", [None, {}, {"Variables": {}}])
def test_no_environment_needs_no_key(found_in, environment):
    more = {} if environment is None else {"Environment": environment}
    assert found_in(RULE, one(FUNCTION, **more)) == []
