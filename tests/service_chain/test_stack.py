"""What the service chain's stack promises, however its template is spelled."""

import json
import re
from functools import partial

import pytest
from aws_cdk.assertions import Match, Template

from testing.templates import of_type, readable, statements

STACK = "ServiceChain"
CHAIN = "ChainRole"
WORKERS = {
    "Start": {"states:StartExecution", "sqs:ReceiveMessage"},
    "Identify": {"s3:GetObjectVersion", "s3:ListBucket"},
    "ReadDocument": {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket", "s3:PutObject"},
    "SplitText": {"s3:GetObject", "s3:PutObject"},
    "AssembleTranslation": {"s3:GetObject", "s3:ListBucket", "s3:PutObject"},
    "MergeInsights": {"s3:GetObject", "s3:ListBucket", "s3:PutObject"},
    "Redact": {"s3:GetObject", "s3:PutObject"},
    "AssembleDocument": {"s3:GetObject", "s3:PutObject"},
    "RecordFailure": {"s3:GetObject", "s3:ListBucket", "s3:PutObject"},
    "Measure": {"states:ListExecutions", "sqs:SendMessage"},
}


@pytest.fixture(scope="module")
def found(template):
    return template(STACK)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


@pytest.fixture(scope="module")
def allowed(found):
    def of_role(role):
        return {
            action
            for statement in statements(found, role=role)
            for action in _list(statement["Action"])
        }

    return of_role


def _list(value):
    return value if isinstance(value, list) else [value]


@pytest.mark.golden
def test_the_template_is_the_reviewed_one(template, snapshot_json):
    assert readable(template(STACK)) == snapshot_json


def test_the_outputs_that_others_rely_on_are_there(found):
    assert set(found["Outputs"]) >= {
        "InboxBucketName",
        "ResultsBucketName",
        "StateMachineArn",
        "NotificationTopicArn",
        "DatabaseName",
        "WorkgroupName",
        "DeadLetterQueueUrl",
    }


def test_only_the_machine_that_resumes_is_express(resources):
    kinds = {
        n: m["StateMachineType"] for n, m in resources("AWS::StepFunctions::StateMachine").items()
    }
    express = {name for name, kind in kinds.items() if kind == "EXPRESS"}
    assert all(name.startswith("TranscriptionResume") for name in express)
    assert len(express) == len(kinds) - 2 == 1


def test_machines_log_all_but_what_documents_say_under_the_customers_key(resources):
    for machine in resources("AWS::StepFunctions::StateMachine").values():
        logging = machine["LoggingConfiguration"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ALL", False)
        assert machine["TracingConfiguration"] == {"Enabled": True}
        assert machine["EncryptionConfiguration"]["Type"] == "CUSTOMER_MANAGED_KMS_KEY"


def test_every_place_in_a_definition_is_filled_in(resources):
    for machine in resources("AWS::StepFunctions::StateMachine").values():
        named = set(re.findall(r"\$\{(\w+)\}", machine["DefinitionString"]))
        assert named == set(machine["DefinitionSubstitutions"])


def test_a_machine_is_made_after_the_permissions_that_aws_tries_then(found):
    (machine,) = (
        resource
        for name, resource in found["Resources"].items()
        if resource["Type"] == "AWS::StepFunctions::StateMachine" and name.startswith("Chain")
    )
    waits_for = " ".join(machine["DependsOn"])
    assert "ChainRoleDeliverLogs" in waits_for
    assert "ChainRoleDefaultPolicy" in waits_for


def test_the_machine_may_do_exactly_what_it_does(allowed):
    assert {a for a in allowed(CHAIN) if not a.startswith(("logs:", "xray:"))} == {
        "comprehend:BatchDetectEntities",
        "comprehend:BatchDetectKeyPhrases",
        "comprehend:BatchDetectSentiment",
        "comprehend:DetectDominantLanguage",
        "comprehend:DetectPiiEntities",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "iam:PassRole",
        "kms:Decrypt",
        "kms:Encrypt",  # by way of Transcribe, of the key of its output
        "kms:GenerateDataKey",
        "lambda:InvokeFunction",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:PutObject",
        "sns:Publish",
        "states:DescribeExecution",
        "states:RedriveExecution",
        "states:StartExecution",
        "states:StopExecution",
        "transcribe:GetTranscriptionJob",
        "transcribe:StartTranscriptionJob",
        "translate:TranslateText",
    }


@pytest.mark.parametrize("worker", WORKERS)
def test_a_function_may_do_exactly_what_it_does(allowed, worker):
    mine = allowed(f"Functions{worker}Role")
    own = {a for a in mine if not a.startswith(("logs:", "xray:")) and a != "kms:Decrypt"}
    plumbing = {"kms:GenerateDataKey", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    assert own - plumbing == WORKERS[worker] - plumbing


def test_only_one_function_writes_documents_and_one_failures(found):
    for folder, writer in (("documents", "AssembleDocument"), ("failures", "RecordFailure")):
        writers = {
            worker
            for worker in WORKERS
            for statement in statements(found, role=f"Functions{worker}Role")
            if f"/{folder}/*" in json.dumps(statement["Resource"])
            and "s3:PutObject" in _list(statement["Action"])
        }
        assert writers == {writer}


def test_the_machine_itself_touches_intermediate_files_only(found):
    text = json.dumps([s["Resource"] for s in statements(found, role=CHAIN)])
    objects = set(re.findall(r"\"/([a-z]*/?\*)\"", text))
    assert objects == {"work/*", "*"}  # and versions in the inbox, to copy them
    for statement in statements(found, role=CHAIN):
        if '"/*"' in json.dumps(statement["Resource"]):
            assert statement["Action"] == "s3:GetObjectVersion"


def test_only_actions_without_resources_have_a_wildcard_resource(found):
    unscoped = {
        action
        for statement in statements(found, role=CHAIN)
        if statement["Resource"] == "*"
        for action in _list(statement["Action"])
    }
    services = {action.partition(":")[0] for action in unscoped}
    assert services == {"comprehend", "logs", "transcribe", "translate", "xray"}
    assert "transcribe:GetTranscriptionJob" not in unscoped


def test_transcribe_works_as_a_role_that_only_it_can_take_for_this_account(found, resources):
    (role,) = (r for n, r in resources("AWS::IAM::Role").items() if "JobRole" in n)
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "transcribe.amazonaws.com"}
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "aws:SourceArn" in trust["Condition"]["ArnLike"]


def test_the_key_is_used_only_through_services_or_for_our_machines(found):
    roles = [CHAIN, *(f"Functions{worker}Role" for worker in WORKERS), "TranscriptionResumeRole"]
    for statement in (s for role in roles for s in statements(found, role=role)):
        if "kms:" in json.dumps(statement["Action"]):
            (condition,) = statement["Condition"].values()
            (limit,) = condition
            assert limit.startswith(("kms:ViaService", "kms:EncryptionContext:"))


def test_nobody_but_the_machines_tells_subscribers_of_documents(resources):
    (policy,) = (
        p for n, p in resources("AWS::SNS::TopicPolicy").items() if n.startswith("Notifications")
    )
    (only,) = (s for s in policy["PolicyDocument"]["Statement"] if s["Sid"] == "OnlyPublishers")
    assert (only["Effect"], only["Principal"]) == ("Deny", {"AWS": "*"})
    names = only["Condition"]["ArnNotEquals"]["aws:PrincipalArn"]
    assert [name["Fn::GetAtt"][0][:9] for name in names] == ["ChainRole", "AbnormalE"]


def test_everything_that_is_delivered_has_a_place_for_what_is_not(resources):
    rules = resources("AWS::Events::Rule")
    assert len(rules) == 4
    for rule in rules.values():
        (target,) = rule["Targets"]
        assert target["DeadLetterConfig"]["Arn"]
        assert target["RetryPolicy"]["MaximumEventAgeInSeconds"] == 86_400


def test_an_event_about_any_object_of_the_inbox_and_of_no_other_bucket_counts(resources):
    (rule,) = (
        r
        for n, r in resources("AWS::Events::Rule").items()
        if n.startswith("ArrivalsObjectArrived")
    )
    assert rule["EventPattern"]["detail-type"] == ["Object Created"]
    (name,) = rule["EventPattern"]["detail"]["bucket"]["name"]
    assert name["Ref"].startswith("Inbox")
    (inbox,) = (b for n, b in resources("AWS::S3::Bucket").items() if n.startswith("Inbox"))
    assert inbox["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }


def test_a_job_of_another_stage_wakes_nobody_here(resources):
    (rule,) = (r for n, r in resources("AWS::Events::Rule").items() if "JobEnded" in n)
    assert rule["EventPattern"]["detail"]["TranscriptionJobName"] == [
        {"prefix": "ServiceChain.job-"}
    ]
    assert not "ServiceChain-prod.job-1".startswith("ServiceChain.job-")


def test_intermediate_files_go_first_and_results_in_time(resources):
    (results,) = (b for n, b in resources("AWS::S3::Bucket").items() if n.startswith("Results"))
    rules = {rule["Id"]: rule for rule in results["LifecycleConfiguration"]["Rules"]}
    assert rules["ExpireWork"]["Prefix"] == "work/"
    assert rules["ExpireWork"]["ExpirationInDays"] == 7
    assert rules["Expire"]["ExpirationInDays"] == 400
    assert "Prefix" not in rules["Expire"]


def test_failures_of_executions_ring_and_so_does_one_that_is_too_old(resources):
    (topic,) = (n for n in resources("AWS::SNS::Topic") if n.startswith("Alerts"))
    alarms = {alarm["AlarmName"]: alarm for alarm in resources("AWS::CloudWatch::Alarm").values()}
    assert all(alarm["AlarmActions"] == [{"Ref": topic}] for alarm in alarms.values())
    counted = [m["MetricStat"]["Metric"] for m in alarms["ServiceChain-ChainFailed"]["Metrics"][1:]]
    assert {metric["MetricName"] for metric in counted} == {
        *("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
    }
    assert alarms["ServiceChain-OldestDocument"]["Threshold"] == 720 * 60
    assert {f"ServiceChain-{queue}Failed" for queue in ("Arrivals", "Undelivered")} < set(alarms)


def test_a_message_is_hidden_longer_than_all_attempts_of_its_function(found):
    checked = Template.from_json(found)
    checked.has_resource_properties("AWS::SQS::Queue", {"VisibilityTimeout": 6 * 60})
    checked.has_resource_properties(
        "AWS::Lambda::EventSourceMapping",
        {
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BatchSize": 10,
            "ScalingConfig": {"MaximumConcurrency": 2},
        },
    )
    checked.has_resource_properties("AWS::SQS::Queue", {"MessageRetentionPeriod": 14 * 86400})


def test_a_task_waits_longer_than_its_function_may_take(resources):
    functions = resources("AWS::Lambda::Function")
    for machine in resources("AWS::StepFunctions::StateMachine").values():
        for place, function in machine["DefinitionSubstitutions"].items():
            if "Fn::GetAtt" not in json.dumps(function) or not isinstance(function, dict):
                continue
            name = function.get("Fn::GetAtt", [""])[0]
            if name in functions:
                text = machine["DefinitionString"]
                after = text.partition(f'"FunctionName": "${{{place}}}"')[2]
                (waits, *_) = map(int, re.findall(r'"TimeoutSeconds": (\d+)', after))
                assert waits > functions[name]["Timeout"]


def test_every_function_is_one_of_these(resources):
    assert len(resources("AWS::Lambda::Function")) == len(WORKERS)


def test_functions_understand_their_environment(resources):
    from service_chain.stages import Stages

    variables = [f["Environment"]["Variables"] for f in resources("AWS::Lambda::Function").values()]
    stages = [Stages.read(v) for v in variables if "ANALYZE" in v]
    assert {s.chunk_bytes for s in stages} == {9000}
    assert {s.analyze for s in stages} == {"all"}
    assert sum(float(v["STARTS_PER_SECOND"]) for v in variables if "STARTS_PER_SECOND" in v) == 10


def test_tables_forget_and_are_under_the_customers_key(found):
    Template.from_json(found).all_resources_properties(
        "AWS::DynamoDB::Table",
        {
            "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
            "SSESpecification": {"SSEEnabled": True, "KMSMasterKeyId": Match.any_value()},
        },
    )


def test_the_description_tells_responsible_use(found):
    assert "not what a person feels" in found["Description"]
