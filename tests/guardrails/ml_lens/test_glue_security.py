"""GLU1."""

import pytest

from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.glue_security import CONFIGURATION, MODES, RULE, USERS


@pytest.mark.parametrize(("type_", "name"), USERS.items())
def test_a_user_without_a_configuration_is_found(found_in, type_, name):
    assert len(found_in(RULE, one(type_))) == 1
    assert found_in(RULE, one(type_, **{name: {"Ref": "Configuration"}})) == []


@pytest.mark.parametrize(("name", "mode", "wanted"), MODES)
def test_each_part_of_a_configuration_is_needed(found_in, name, mode, wanted):
    good = {n: {m: w, "KmsKeyArn": KEY_ARN} for n, m, w in MODES}
    assert found_in(RULE, one(CONFIGURATION, EncryptionConfiguration=good)) == []
    for worse in (
        {},
        {mode: "DISABLED"},
        {mode: wanted},
        {mode: wanted, "KmsKeyArn": "alias/aws/glue"},
    ):
        changed = {**good, name: worse}
        assert len(found_in(RULE, one(CONFIGURATION, EncryptionConfiguration=changed))) == 1
