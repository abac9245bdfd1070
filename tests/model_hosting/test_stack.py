"""What the stack of ModelHosting promises, however its template is spelled."""

import json
from functools import partial

import pytest

from testing.templates import of_type, readable, statements

STACK = "ModelHosting"


@pytest.fixture(scope="module")
def found(template):
    return template(STACK)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


@pytest.mark.golden
def test_the_template_is_the_reviewed_one(template, snapshot_json):
    assert snapshot_json == readable(template(STACK))


def test_the_api_asks_every_caller_who_he_is_and_checks_what_he_sends(resources):
    for method in resources("AWS::ApiGateway::Method").values():
        assert method["AuthorizationType"] == "AWS_IAM"
        assert method["RequestValidatorId"]
    (stage,) = resources("AWS::ApiGateway::Stage").values()
    (limits,) = stage["MethodSettings"]
    assert (limits["ThrottlingRateLimit"], limits["ThrottlingBurstLimit"]) == (100, 200)
    assert limits["DataTraceEnabled"] is False


def test_access_logs_tell_nothing_of_what_is_sent_or_answered(resources):
    (stage,) = resources("AWS::ApiGateway::Stage").values()
    told = json.loads(stage["AccessLogSetting"]["Format"])
    assert set(told) == {"request", "caller", "method", "path", "status", "bytes", "milliseconds"}


def test_the_function_asks_one_endpoint_and_may_do_nothing_else_to_it(found):
    asked = [s for s in statements(found, role="PredictRole") if "sagemaker" in str(s["Action"])]
    (statement,) = asked
    assert statement["Action"] == ["sagemaker:DescribeEndpoint", "sagemaker:InvokeEndpoint"]
    assert json.dumps(statement["Resource"]).endswith(':endpoint/modelhosting"]]}')


def test_the_alarms_that_take_an_update_back_are_there(found, resources):
    machines = resources("AWS::StepFunctions::StateMachine").values()
    (states,) = (
        states
        for states in (json.loads(each["DefinitionString"])["States"] for each in machines)
        if "UpdateEndpoint" in states
    )
    named = {alarm["AlarmName"] for alarm in resources("AWS::CloudWatch::Alarm").values()}
    champions = {f"ModelHosting-{name}" for name in ("Failing", "Slow", "Unlike")}
    challengers = {"ModelHosting-ChallengerFailing", "ModelHosting-ChallengerSlow"}
    for update, wanted in (("UpdateEndpoint", champions), ("UpdatePair", champions | challengers)):
        config = states[update]["Arguments"]["DeploymentConfig"]
        watched = {a["AlarmName"] for a in config["AutoRollbackConfiguration"]["Alarms"]}
        assert watched == wanted
        assert watched <= named


def test_only_approvals_start_the_machine(resources):
    patterns = [rule.get("EventPattern", {}) for rule in resources("AWS::Events::Rule").values()]
    (pattern,) = (each for each in patterns if each.get("source") == ["aws.sagemaker"])
    assert pattern["detail"] == {"ModelApprovalStatus": ["Approved"]}
    assert pattern["account"]


def test_a_web_acl_stands_before_the_api_by_setting(variant):
    name = f"front/{'0a' * 4}-0a0a-0a0a-0a0a-{'0a' * 6}"
    made = variant(STACK, overrides={"model_hosting.web_acl": name})
    (association,) = of_type(made, "AWS::WAFv2::WebACLAssociation").values()
    assert f":regional/webacl/{name}" in json.dumps(association["WebACLArn"])


def test_captures_are_kept_as_long_as_the_setting_says(variant):
    made = variant(STACK, overrides={"model_hosting.capture_days": 3})
    days = {
        rule.get("ExpirationInDays")
        for bucket in of_type(made, "AWS::S3::Bucket").values()
        for rule in bucket["LifecycleConfiguration"]["Rules"]
    }
    assert 3 in days


def test_a_batch_that_ends_badly_is_cleared_up_and_a_schedule_is_by_setting(resources, variant):
    def rules(found):
        heard = (rule for rule in found.values() if "EventPattern" in rule)
        return [rule for rule in heard if "SageMaker" not in json.dumps(rule)]

    (ended,) = rules(resources("AWS::Events::Rule"))
    assert ended["EventPattern"]["detail"]["status"] == ["FAILED", "TIMED_OUT", "ABORTED"]
    made = variant(STACK, overrides={"model_hosting.batch_schedule": "rate(1 day)"})
    schedules = [
        rule["ScheduleExpression"]
        for rule in of_type(made, "AWS::Events::Rule").values()
        if "ScheduleExpression" in rule
    ]
    assert "rate(1 day)" in schedules


def test_a_job_of_a_batch_is_stopped_by_whoever_may_run_it_and_reads_no_other_model(found):
    may = json.dumps(statements(found, role="BatchesTransformBatchRole"))
    for action in ("sagemaker:CreateTransformJob", "sagemaker:StopTransformJob"):
        assert action in may
    assert ":model/modelhosting-v*" in may
    assert "iam:PassRole" not in may


def test_windows_are_looked_at_by_the_clock_and_without_a_watch_there_is_none_of_it(
    resources, variant
):
    schedules = [rule.get("ScheduleExpression") for rule in resources("AWS::Events::Rule").values()]
    assert [each for each in schedules if each] == ["cron(20 * * * ? *)"]
    bare = variant(STACK, overrides={"model_hosting.drift_hours": 0})
    assert not any("Drift" in name for name in bare["Resources"])
