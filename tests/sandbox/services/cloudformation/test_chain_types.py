"""Machines, rules, topics and what surrounds them, read back as their template says."""

import json

import pytest

PASS = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})


def policy(**statement):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}


def role(service, *actions):
    """Spell a role for a service, with these actions on everything."""
    trust = policy(Principal={"Service": service}, Action="sts:AssumeRole")
    rights = {"PolicyName": "it", "PolicyDocument": policy(Action=list(actions), Resource="*")}
    properties = {"AssumeRolePolicyDocument": trust}
    return "AWS::IAM::Role", properties | ({"Policies": [rights]} if actions else {})


def att(name, attribute="Arn"):
    return {"Fn::GetAtt": [name, attribute]}


TO = {"Id": "it", "Arn": att("Queue")}
LOGGING = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)


@pytest.fixture
def account_key(sandbox):
    """Spell a key that is up to IAM policies."""
    account = sandbox.client("sts").get_caller_identity()["Account"]
    own = policy(Principal={"AWS": account}, Action="kms:*", Resource="*")
    return "AWS::KMS::Key", {"KeyPolicy": own}


@pytest.mark.parametrize("kind", ["STANDARD", "EXPRESS"])
def test_a_state_machine_keeps_all_that_its_template_says(
    sandbox, deploy, resources, account_key, kind
):
    definition = {"Fn::Sub": PASS.replace('"A": {', '"A": {"Comment": "${Topic} ${!shop}", ')}
    properties = {
        "DefinitionString": definition,
        "DefinitionSubstitutions": {"shop": "berlin"},
        "RoleArn": att("Role"),
        "StateMachineType": kind,
        "EncryptionConfiguration": {
            "Type": "CUSTOMER_MANAGED_KMS_KEY",
            "KmsKeyId": att("Key"),
            "KmsDataKeyReusePeriodSeconds": 300,
        },
        "LoggingConfiguration": {
            "Level": "ALL",
            "IncludeExecutionData": False,
            "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": att("Group")}}],
        },
        "TracingConfiguration": {"Enabled": True},
        "Tags": [{"Key": "team", "Value": "ml"}],
    }
    others = {
        "Key": account_key,
        "Group": ("AWS::Logs::LogGroup", {}),
        "Topic": ("AWS::SNS::Topic", {}),
        "Role": role(
            "states.amazonaws.com",
            *LOGGING,
            "xray:PutTraceSegments",
            "xray:PutTelemetryRecords",
            "xray:GetSamplingRules",
            "xray:GetSamplingTargets",
            "kms:Decrypt",
            "kms:GenerateDataKey",
        ),
    }
    stack = deploy(It=("AWS::StepFunctions::StateMachine", properties), **others)
    client = sandbox.client("stepfunctions")
    found = client.describe_state_machine(stateMachineArn=stack.id())
    assert found["type"] == kind
    said = json.loads(found["definition"])["States"]["A"]["Comment"]
    assert said == f"{stack.id('Topic')} berlin"
    assert found["tracingConfiguration"] == {"enabled": True}
    [group] = sandbox.client("logs").describe_log_groups(logGroupNamePrefix=stack.id("Group"))[
        "logGroups"
    ]
    assert found["loggingConfiguration"] == {
        "level": "ALL",
        "includeExecutionData": False,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group["arn"]}}],
    }
    assert found["encryptionConfiguration"]["type"] == "CUSTOMER_MANAGED_KMS_KEY"
    assert found["encryptionConfiguration"]["kmsKeyId"].endswith(stack.id("Key"))
    tags = client.list_tags_for_resource(resourceArn=stack.id())["tags"]
    assert {"key": "team", "value": "ml"} in tags
    quiet = {**properties, "LoggingConfiguration": {"Level": "OFF"}}
    stack.update(resources(It=("AWS::StepFunctions::StateMachine", quiet), **others))
    found = client.describe_state_machine(stateMachineArn=stack.id())
    assert found["loggingConfiguration"]["level"] == "OFF"


@pytest.mark.parametrize("missing", LOGGING)
def test_a_machine_that_logs_needs_a_role_that_may_deliver_logs(refusal, missing):
    group = {"CloudWatchLogsLogGroup": {"LogGroupArn": att("Group")}}
    rest = [action for action in LOGGING if action != missing]
    why = refusal(
        Group=("AWS::Logs::LogGroup", {}),
        Role=role("states.amazonaws.com", *rest),
        It=(
            "AWS::StepFunctions::StateMachine",
            {
                "DefinitionString": PASS,
                "RoleArn": att("Role"),
                "LoggingConfiguration": {"Level": "ALL", "Destinations": [group]},
            },
        ),
    )
    assert "The state machine IAM Role is not authorized to access the Log Destination" in why
    assert missing in why


def test_a_machine_needs_a_role_that_step_functions_may_assume(refusal):
    why = refusal(
        Role=role("lambda.amazonaws.com"),
        It=("AWS::StepFunctions::StateMachine", {"DefinitionString": PASS, "RoleArn": att("Role")}),
    )
    assert "Neither the global service principal states.amazonaws.com" in why


def test_a_rule_keeps_its_targets(sandbox, deploy):
    queue = {"Id": "queue", "Arn": att("Queue"), "DeadLetterConfig": {"Arn": att("Dead")}}
    transformer = {"InputPathsMap": {"key": "$.detail.key"}, "InputTemplate": '{"k": <key>}'}
    stack = deploy(
        Queue=("AWS::SQS::Queue", {}),
        Dead=("AWS::SQS::Queue", {}),
        Role=role("events.amazonaws.com", "states:StartExecution"),
        Runs=role("states.amazonaws.com"),
        Machine=(
            "AWS::StepFunctions::StateMachine",
            {"DefinitionString": PASS, "RoleArn": att("Runs")},
        ),
        It=(
            "AWS::Events::Rule",
            {
                "Description": "new objects",
                "State": "ENABLED",
                "EventPattern": {"source": ["aws.s3"], "detail": {"a": [{"exists": False}]}},
                "Targets": [
                    {
                        **queue,
                        "RetryPolicy": {
                            "MaximumRetryAttempts": 3,
                            "MaximumEventAgeInSeconds": 3600,
                        },
                        "InputTransformer": transformer,
                    },
                    {"Id": "machine", "Arn": {"Ref": "Machine"}, "RoleArn": att("Role")},
                ],
            },
        ),
        Every=(
            "AWS::Events::Rule",
            {
                "ScheduleExpression": "rate(5 minutes)",
                "Targets": [{"Id": "it", "Arn": att("Queue"), "Input": '{"a": 1}'}],
            },
        ),
    )
    events = sandbox.client("events")
    rule = events.describe_rule(Name=stack.id())
    assert (rule["Description"], rule["State"]) == ("new objects", "ENABLED")
    assert json.loads(rule["EventPattern"])["detail"] == {"a": [{"exists": False}]}
    first, second = events.list_targets_by_rule(Rule=stack.id())["Targets"]
    assert first["RetryPolicy"] == {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600}
    assert first["InputTransformer"] == transformer
    assert first["DeadLetterConfig"]["Arn"] != first["Arn"]
    assert second["RoleArn"].endswith(stack.id("Role"))
    assert events.describe_rule(Name=stack.id("Every"))["ScheduleExpression"] == "rate(5 minutes)"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"EventPattern": {"source": [{"starts-with": "a"}]}}, "Event pattern is not valid"),
        ({"ScheduleExpression": "every 5 minutes"}, "ScheduleExpression is not valid"),
        ({"Targets": [{**TO, "RetryPolicy": {"MaximumRetryAttempts": 186}}]}, "allowed: 0 to 185"),
        ({"Targets": [{**TO, "EcsParameters": {"TaskCount": 1}}]}, "does not carry EcsParameters"),
    ],
)
def test_a_rule_that_eventbridge_would_not_take_is_refused(refusal, changed, said):
    rule = {"EventPattern": {"source": ["a"]}, **changed}
    assert said in refusal(Queue=("AWS::SQS::Queue", {}), It=("AWS::Events::Rule", rule))


def test_a_topic_its_policy_and_its_subscriptions_are_read_back(sandbox, deploy, account_key):
    opened = policy(
        Principal={"Service": "cloudwatch.amazonaws.com"}, Action="sns:Publish", Resource="*"
    )
    stack = deploy(
        Key=account_key,
        Queue=("AWS::SQS::Queue", {}),
        Dead=("AWS::SQS::Queue", {}),
        It=("AWS::SNS::Topic", {"DisplayName": "news", "KmsMasterKeyId": att("Key")}),
        Policy=("AWS::SNS::TopicPolicy", {"Topics": [{"Ref": "It"}], "PolicyDocument": opened}),
        QueuePolicy=(
            "AWS::SQS::QueuePolicy",
            {"Queues": [{"Ref": "Queue"}], "PolicyDocument": opened},
        ),
        Subscription=(
            "AWS::SNS::Subscription",
            {
                "TopicArn": {"Ref": "It"},
                "Protocol": "sqs",
                "Endpoint": att("Queue"),
                "FilterPolicy": {"status": ["failed"]},
                "FilterPolicyScope": "MessageAttributes",
                "RawMessageDelivery": True,
                "RedrivePolicy": {"deadLetterTargetArn": att("Dead")},
            },
        ),
    )
    sns = sandbox.client("sns")
    found = sns.get_topic_attributes(TopicArn=stack.id())["Attributes"]
    assert found["KmsMasterKeyId"].endswith(stack.id("Key"))
    assert found["DisplayName"] == "news"
    assert json.loads(found["Policy"]) == opened
    made = sns.get_subscription_attributes(SubscriptionArn=stack.id("Subscription"))["Attributes"]
    assert json.loads(made["FilterPolicy"]) == {"status": ["failed"]}
    assert (
        json.loads(made["RedrivePolicy"])["deadLetterTargetArn"].rpartition(":")[2]
        == (stack.id("Dead").rpartition("/")[2])
    )
    assert made["RawMessageDelivery"] == "true"
    sqs = sandbox.client("sqs")
    queue = sqs.get_queue_attributes(QueueUrl=stack.id("Queue"), AttributeNames=["Policy"])
    assert json.loads(queue["Attributes"]["Policy"]) == opened


def test_a_filtered_subscription_gets_only_what_it_asked_for(sandbox, deploy, eventually):
    opened = policy(
        Principal={"Service": "sns.amazonaws.com"}, Action="sqs:SendMessage", Resource="*"
    )
    stack = deploy(
        Queue=("AWS::SQS::Queue", {}),
        Opened=("AWS::SQS::QueuePolicy", {"Queues": [{"Ref": "Queue"}], "PolicyDocument": opened}),
        It=("AWS::SNS::Topic", {}),
        Failed=(
            "AWS::SNS::Subscription",
            {
                "TopicArn": {"Ref": "It"},
                "Protocol": "sqs",
                "Endpoint": att("Queue"),
                "FilterPolicy": {"status": ["failed"]},
                "RawMessageDelivery": True,
            },
        ),
    )
    sns, sqs = sandbox.client("sns"), sandbox.client("sqs")
    for status in ("created", "failed"):
        told = {"status": {"DataType": "String", "StringValue": status}}
        sns.publish(TopicArn=stack.id(), Message=status, MessageAttributes=told)
    url = stack.id("Queue")
    [message] = eventually(lambda: sqs.receive_message(QueueUrl=url).get("Messages"))
    assert message["Body"] == "failed"


def test_a_table_keeps_its_key_its_expiry_and_its_recovery(sandbox, deploy, account_key):
    stack = deploy(
        Key=account_key,
        It=(
            "AWS::DynamoDB::Table",
            {
                "KeySchema": [{"AttributeName": "api", "KeyType": "HASH"}],
                "AttributeDefinitions": [{"AttributeName": "api", "AttributeType": "S"}],
                "BillingMode": "PAY_PER_REQUEST",
                "SSESpecification": {
                    "SSEEnabled": True,
                    "SSEType": "KMS",
                    "KMSMasterKeyId": att("Key"),
                },
                "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            },
        ),
    )
    client, name = sandbox.client("dynamodb"), {"TableName": stack.id()}
    sse = client.describe_table(**name)["Table"]["SSEDescription"]
    assert (sse["Status"], sse["SSEType"]) == ("ENABLED", "KMS")
    assert sse["KMSMasterKeyArn"].endswith(stack.id("Key"))
    expiry = client.describe_time_to_live(**name)["TimeToLiveDescription"]
    assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
    backups = client.describe_continuous_backups(**name)["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


def test_saved_queries_and_log_policies_are_read_back(sandbox, deploy, resources, unique):
    name, stored = unique("query"), unique("policy")
    query = {
        "Name": name,
        "QueryString": "fields @timestamp",
        "LogGroupNames": [{"Ref": "Group"}],
    }
    document = json.dumps(
        policy(
            Principal={"Service": "delivery.logs.amazonaws.com"},
            Action=["logs:CreateLogStream", "logs:PutLogEvents"],
            Resource="*",
        )
    )
    others = {
        "Group": ("AWS::Logs::LogGroup", {"RetentionInDays": 30}),
        "Policy": ("AWS::Logs::ResourcePolicy", {"PolicyName": stored, "PolicyDocument": document}),
    }
    stack = deploy(It=("AWS::Logs::QueryDefinition", query), **others)
    logs = sandbox.client("logs")

    def saved():
        found = logs.describe_query_definitions(queryDefinitionNamePrefix=name)
        return found["queryDefinitions"]

    [found] = saved()
    assert found["queryDefinitionId"] == stack.id()
    assert (found["queryString"], found["logGroupNames"]) == (
        "fields @timestamp",
        [stack.id("Group")],
    )
    policies = logs.describe_resource_policies()["resourcePolicies"]
    assert [p["policyDocument"] for p in policies if p["policyName"] == stored] == [document]
    changed = {**query, "QueryString": "limit 1"}
    stack.update(resources(It=("AWS::Logs::QueryDefinition", changed), **others))
    assert [q["queryString"] for q in saved()] == ["limit 1"]
    stack.update(resources(**others))
    assert saved() == []


def test_a_table_of_structs_is_read_back(sandbox, deploy, unique):
    database = unique("db").replace("-", "_")
    columns = [
        {"Name": "input", "Type": "struct<bucket:string,size_bytes:bigint>", "Comment": "whence"},
        {"Name": "insights", "Type": "array<struct<language:string,entities:array<string>>>"},
    ]
    table = {
        "Name": "documents",
        "Description": "one row per document",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"projection.enabled": "true", "classification": "json"},
        "PartitionKeys": [{"Name": "day", "Type": "date"}],
        "StorageDescriptor": {
            "Columns": columns,
            "Location": "s3://results/documents/",
            "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
            "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
            "SerdeInfo": {
                "SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe",
                "Parameters": {"ignore.malformed.json": "false"},
            },
        },
    }
    deploy(
        Db=(
            "AWS::Glue::Database",
            {"CatalogId": {"Ref": "AWS::AccountId"}, "DatabaseInput": {"Name": database}},
        ),
        It=(
            "AWS::Glue::Table",
            {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseName": {"Ref": "Db"},
                "TableInput": table,
            },
        ),
    )
    found = sandbox.client("glue").get_table(DatabaseName=database, Name="documents")["Table"]
    assert {name: found[name] for name in table} == table
