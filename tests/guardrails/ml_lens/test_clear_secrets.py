"""SEC1."""

import pytest

from guardrails.ml_lens import findings
from guardrails.ml_lens.clear_secrets import RULE
from guardrails.ml_lens.examples import one

FUNCTION, PARAMETER = "AWS::Lambda::Function", "AWS::SSM::Parameter"
# Spelled in parts, so that no scanner takes this file for one that holds secrets.
ACCESS_KEY = "AKIA" + "IOSFODNN7EXAMPLE"
SECRET_KEY = "wJalrXUtnFEMI/K7MDENG/" + "bPxRfiCYEXAMPLEKEY"
TOKEN = "ghp_" + "a1B2" * 9
PAIR = {"Name": "DB_PASSWORD", "Value": "x1y2"}
PEM = "-----BEGIN RSA " + "PRIVATE KEY-----"


def environment(variables):
    return one(FUNCTION, Environment={"Variables": variables})


@pytest.mark.parametrize(
    "bad",
    [
        environment({"KEY": ACCESS_KEY}),
        environment({"VALUE": SECRET_KEY}),
        environment({"DB_PASSWORD": "hunter2"}),
        environment({"apiKey": "hunter2"}),
        environment({"CLIENT_SECRET": {"Fn::Join": ["", ["hun", "ter2"]]}}),
        environment({"URL": "postgres://reader:hunter2@db.example/lake"}),
        environment({"CONFIG": '{"password": "hunter2"}'}),
        environment({"CI": TOKEN}),
        environment({"PASSWORD": "{{resolve:secretsmanager:lake:SecretString:password}}"}),
        environment({"KEY": {"Fn::GetAtt": ["User", "SecretAccessKey"]}}),
        one(PARAMETER, Value="password=Tr0ub4dor&3"),
        one(PARAMETER, Value=PEM),
        one(
            "AWS::Glue::Connection", ConnectionInput={"ConnectionProperties": {"PASSWORD": "x1y2"}}
        ),
        one(
            "AWS::Events::Connection",
            AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "k", "ApiKeyValue": "x1y2"}},
        ),
        one("AWS::RDS::DBCluster", **{"MasterUserPassword": "x1y2"}),
        one("AWS::ECS::TaskDefinition", ContainerDefinitions=[{"Environment": [PAIR]}]),
    ],
)
def test_a_secret_in_the_clear_is_found(found_in, bad):
    assert len(found_in(RULE, bad)) >= 1


@pytest.mark.parametrize(
    "ok",
    [
        environment({"SECRET_ARN": {"Ref": "Secret"}, "TOKEN_TABLE": "tokens"}),
        environment({"SECRET_ID": "lake/reader", "KEY": "prefix/of/objects", "KMS_KEY_ID": "x"}),
        environment({"HASH": "0f" * 32, "HANDLER": "index.handler"}),
        one(PARAMETER, Value="on"),
        one("AWS::RDS::DBCluster", ManageMasterUserPassword=True),
        one(
            "AWS::RDS::DBCluster",
            MasterUserPassword="{{resolve:secretsmanager:lake:SecretString:password}}",
        ),
        one("AWS::SecretsManager::Secret", GenerateSecretString={"PasswordLength": 32}),
        one("AWS::IAM::Policy", PolicyName="ChainWorkersIdentifyRoleDefaultPolicy123"),
    ],
)
def test_what_is_no_secret_passes(found_in, ok):
    assert found_in(RULE, ok) == []


@pytest.mark.parametrize(
    "template",
    [
        {"Outputs": {"Key": {"Value": ACCESS_KEY}}},
        {"Outputs": {"Key": {"Value": {"Fn::GetAtt": ["User", "SecretAccessKey"]}}}},
        {"Parameters": {"Password": {"Type": "String"}}},
        {"Parameters": {"Hidden": {"Type": "String", "NoEcho": True, "Default": "hunter2"}}},
        {"Parameters": {"Key": {"Type": "String", "Default": ACCESS_KEY}}},
    ],
)
def test_outputs_and_parameters_are_read_too(template):
    assert len(list(findings(RULE, template))) == 1


@pytest.mark.parametrize("shown", [{"Ref": "Hidden"}, {"Fn::Sub": "x${Hidden}"}])
def test_a_hidden_parameter_that_something_shows_is_found(shown):
    hidden = {"Parameters": {"Hidden": {"Type": "String", "NoEcho": True}}}
    assert len(list(findings(RULE, {**hidden, "Outputs": {"O": {"Value": shown}}}))) == 1
    function = environment({"A": shown})
    assert len(list(findings(RULE, {**hidden, "Resources": function}))) == 1
