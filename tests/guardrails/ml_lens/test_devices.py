"""IOT1."""

import pytest

from guardrails.ml_lens.devices import RULE
from guardrails.ml_lens.examples import one


@pytest.mark.parametrize(("seconds", "count"), [(900, 0), (3600, 0), (3601, 1), (43200, 1)])
def test_a_device_has_rights_for_an_hour(found_in, seconds, count):
    alias = one("AWS::IoT::RoleAlias", CredentialDurationSeconds=seconds)
    assert len(found_in(RULE, alias)) == count
