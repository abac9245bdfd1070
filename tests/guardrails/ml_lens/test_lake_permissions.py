"""ACC11."""

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.lake_permissions import PRINCIPALS, ROLE, RULE, SETTINGS


def test_default_permissions_are_found(found_in):
    everyone = {"Principal": {"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"}}
    assert len(found_in(RULE, one(SETTINGS, CreateTableDefaultPermissions=[everyone]))) == 1
    assert found_in(RULE, one(SETTINGS, CreateTableDefaultPermissions=[])) == []


def test_a_grant_that_can_be_handed_on_is_found(found_in):
    grant = one(
        PRINCIPALS,
        Principal=ROLE,
        Permissions=["SELECT"],
        PermissionsWithGrantOption=["SELECT"],
        Resource={"Table": {"Name": "visits"}},
    )
    [finding] = found_in(RULE, grant)
    assert finding.location == "Properties.PermissionsWithGrantOption"
