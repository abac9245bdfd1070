"""ENC3: the environment of a function is encrypted with the customer's key."""

from collections.abc import Iterator

from guardrails.intrinsics import plain
from guardrails.ml_lens.customer_keys import is_customer_key
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

FUNCTION = "AWS::Lambda::Function"


def check(template: Template, function: Resource) -> Iterator[Finding]:
    """Yield each function whose environment is under a key of Lambda's own."""
    key = function.at("KmsKeyArn")
    if plain(function.at("Environment", "Variables") or {}) and not (
        key and is_customer_key(template, key)
    ):
        detail = "names no customer key for the environment"
        yield Finding(function.logical_id, "Properties.KmsKeyArn", detail)


_VARIABLES = {"Variables": {"RESULTS": "results"}}
RULE = Rule(
    id="MlLens-ENC3",
    practice="MLSEC02-BP01",
    message="the environment of a function must be encrypted with a customer managed key",
    fix="set environment_encryption to the architecture's kms.Key",
    check=per_resource((FUNCTION,), check),
    types=(FUNCTION,),
    compliant=one(FUNCTION, Environment=_VARIABLES, KmsKeyArn=KEY_ARN),
    violating=one(FUNCTION, Environment=_VARIABLES),
)
