"""API2: people sign in by ways that keep their passwords and tokens to themselves."""

import re

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

CLIENT = "AWS::Cognito::UserPoolClient"
FLOW = re.compile(r"(ALLOW_)?(USER_SRP_AUTH|REFRESH_TOKEN_AUTH|CUSTOM_AUTH|USER_AUTH)")
ADDRESS = re.compile(
    r"https://.+|http://localhost(:\d+)?(/.*)?|(?!http)[a-z][a-z0-9+.-]*:.+|<.+>.*"
)
TABLE: Table = {
    "AWS::Cognito::UserPool": (
        Setting.of("AdminCreateUserConfig.AllowAdminCreateUserOnly", True),
        Setting.of("UserPoolAddOns?.AdvancedSecurityMode", "ENFORCED"),
        Setting.of("MfaConfiguration", "ON"),
    ),
    CLIENT: (
        Setting.of("ExplicitAuthFlows[]", FLOW),
        Setting.of("AllowedOAuthFlows[]", "code", "client_credentials"),
        Setting.of("CallbackURLs[]", ADDRESS),
        Setting.of("LogoutURLs[]", ADDRESS),
        Setting.of("PreventUserExistenceErrors", None, "ENABLED"),
        Setting.of("EnableTokenRevocation", None, True),
    ),
    "AWS::Cognito::IdentityPool": (Setting.of("AllowClassicFlow", None, False),),
}
RULE = Rule(
    id="MlLens-API2",
    practice="MLSEC06-BP01",
    message="people must sign in without showing a password or a token to others",
    fix="use SRP or the code flow over https, a second factor, and let administrators add users",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(CLIENT, ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH"]),
    violating=one(CLIENT, ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH"]),
    beyond=("AwsSolutions-COG2",),
)
