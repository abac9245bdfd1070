"""ACC6."""

import pytest

from guardrails.ml_lens.examples import trusting
from guardrails.ml_lens.federated_trust import COGNITO, RULE

CI = {"Federated": {"Fn::Sub": "arn:${AWS::Partition}:iam::1:oidc-provider/ci.example"}}
SAML = {"Federated": {"Fn::Sub": "arn:${AWS::Partition}:iam::1:saml-provider/office"}}
POOL = {"Federated": COGNITO}


def trust(principal, **operators):
    return trusting(principal, "sts:AssumeRoleWithWebIdentity", Condition=operators)


@pytest.mark.parametrize(
    "ok",
    [
        trust(CI, StringEquals={"ci.example:sub": "repo:owner/name:ref:refs/heads/main"}),
        trust(CI, StringLike={"ci.example:sub": "repo:owner/name:*"}),
        trust(SAML, StringEquals={"SAML:aud": "https://signin.example/saml"}),
        trust(
            POOL,
            StringEquals={f"{COGNITO}:aud": "pool"},
            **{"ForAnyValue:StringLike": {f"{COGNITO}:amr": "authenticated"}},
        ),
    ],
)
def test_one_subject_passes(found_in, ok):
    assert found_in(RULE, ok) == []


@pytest.mark.parametrize(
    "bad",
    [
        trust(CI),
        trust(CI, StringEquals={"ci.example:aud": "sts.example"}),
        trust(CI, StringLike={"ci.example:sub": "*"}),
        trust(CI, StringLike={"ci.example:sub": "repo:*"}),
        trust(CI, StringLike={"ci.example:sub": ["repo:owner/name:*", "*"]}),
        trust(CI, StringNotEquals={"ci.example:sub": "repo:owner/name:main"}),
        trust(CI, StringEqualsIfExists={"ci.example:sub": "repo:owner/name:main"}),
        trust(CI, **{"ForAllValues:StringEquals": {"ci.example:sub": "repo:owner/name:main"}}),
        trust(CI, StringEquals={"ci.example:sub": {"Fn::If": ["C", "a", "b"]}}),
        trust(SAML),
        trust(POOL, StringEquals={f"{COGNITO}:aud": "pool"}),
        trust(POOL, StringEquals={f"{COGNITO}:aud": "p", f"{COGNITO}:amr": "unauthenticated"}),
    ],
)
def test_any_subject_is_found(found_in, bad):
    assert len(found_in(RULE, bad)) == 1
