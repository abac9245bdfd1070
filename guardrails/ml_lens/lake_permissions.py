"""ACC11: Lake Formation grants one principal named rights on named tables, and decides alone."""

import re

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

SETTINGS, PERMISSIONS = "AWS::LakeFormation::DataLakeSettings", "AWS::LakeFormation::Permissions"
PRINCIPALS = "AWS::LakeFormation::PrincipalPermissions"
NAMED = re.compile(r"<[^>]+>|arn:.+:iam::<AWS::AccountId>:(role|user)/[^*?]+")
RIGHT = re.compile(r"(?!ALL$|SUPER\w*$)[A-Z_]+")
TABLE: Table = {
    SETTINGS: (
        # Left out, Lake Formation gives all of both to whoever has rights by IAM.
        Setting.of("CreateDatabaseDefaultPermissions[].Principal", None),
        Setting.of("CreateTableDefaultPermissions[].Principal", None),
        Setting.of("AllowExternalDataFiltering", None, False),
        Setting.of("AllowFullTableExternalDataAccess", None, False),
        Setting.of("Admins[].DataLakePrincipalIdentifier", NAMED),
    ),
    PERMISSIONS: (
        Setting.of("DataLakePrincipal.DataLakePrincipalIdentifier", NAMED),
        Setting.of("Permissions[]", RIGHT),
        Setting.of("PermissionsWithGrantOption", None),
        Setting.of("Resource.TableResource?.TableWildcard", None),
    ),
    PRINCIPALS: (
        Setting.of("Principal.DataLakePrincipalIdentifier", NAMED),
        Setting.of("Permissions[]", RIGHT),
        Setting.of("PermissionsWithGrantOption", None),
        Setting.of("Resource.Table?.TableWildcard", None),
        Setting.of("Resource.Table?.Name", re.compile(r"[^*]+")),
    ),
    "AWS::LakeFormation::Resource": (Setting.of("HybridAccessEnabled", None, False),),
}
ROLE = {"DataLakePrincipalIdentifier": {"Fn::GetAtt": ["Role", "Arn"]}}
_TABLE = {"Table": {"DatabaseName": "shop", "Name": "visits"}}
RULE = Rule(
    id="MlLens-ACC11",
    practice="MLSEC03-BP01",
    message="a grant of Lake Formation must name one principal, its rights and a table",
    fix="name a role, its rights and the table; leave the default permissions empty",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(
        PRINCIPALS,
        Principal=ROLE,
        Permissions=["SELECT"],
        PermissionsWithGrantOption=[],
        Resource=_TABLE,
    ),
    violating=one(
        PRINCIPALS,
        Principal={"DataLakePrincipalIdentifier": "IAM_ALLOWED_PRINCIPALS"},
        Permissions=["ALL"],
        PermissionsWithGrantOption=[],
        Resource=_TABLE,
    ),
)
