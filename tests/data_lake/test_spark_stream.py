"""The stream that Spark reads: what the stack promises of the job, its start and its end."""

import json
import re

import pytest

from data_lake import stop_streaming
from data_lake.stream_records import read_options
from guardrails import ALL_PACKS
from sandbox.services.stepfunctions import expressions
from stacks.data_lake.datasets import datasets
from stacks.data_lake.stages.streaming import UNENDED, keep_streaming
from stacks.settings import load_settings
from stacks.settings.errors import SettingsError
from stacks.shared.powertools import NAMESPACE
from testing.templates import of_type, readable, statements, without_hashes

STACK = "DataLake"
NETWORK = {
    "data_lake.stream_subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "data_lake.stream_security_groups": ["sg-0123456789abcdef0"],
}
BY_SPARK = {"data_lake.stream_reader": "emr", "data_lake.stream_source": "iot", **NETWORK}
JOB = "StreamSparkStreamRecordsRole"


@pytest.fixture(scope="module")
def found(variant):
    return variant(STACK, overrides=BY_SPARK)


@pytest.fixture(scope="module")
def application(found):
    (only,) = of_type(found, "AWS::EMRServerless::Application").values()
    return only


@pytest.fixture(scope="module")
def started(found):
    """Give what the job is started with, as the template has it."""
    (machine,) = (
        each
        for name, each in of_type(found, "AWS::StepFunctions::StateMachine").items()
        if "KeepStreaming" in name
    )
    definition = json.loads(machine["DefinitionString"])
    return definition["States"]["StartRun"]["Arguments"], machine["DefinitionSubstitutions"]


def in_order(value):
    """Sort what a statement is about: its order is that of the hashes of assets."""
    if isinstance(value, list):
        return [in_order(each) for each in value]
    if not isinstance(value, dict):
        return value
    found = {name: in_order(each) for name, each in value.items()}
    if "Effect" in found and isinstance(found.get("Resource"), list):
        found["Resource"] = sorted(found["Resource"], key=json.dumps)
    return found


@pytest.mark.golden
def test_what_spark_reads_the_stream_with_is_what_was_reviewed(found, snapshot_json):
    own = {name: each for name, each in found["Resources"].items() if name.startswith("Stream")}
    text = without_hashes(json.dumps({"Resources": own}))
    assert in_order(readable(json.loads(text))) == snapshot_json


def test_all_rule_packs_find_nothing_and_its_bucket_goes_with_the_others(variant):
    keys = ("removal.data_is_disposable", "removal.destroy_deletes_data")
    disposable = {**BY_SPARK, **dict.fromkeys(keys, True), "guardrails.packs": list(ALL_PACKS)}
    resources = variant(STACK, overrides=disposable)["Resources"].values()
    assert not [each for each in resources if "Retain" in each.get("DeletionPolicy", "")]


def test_nothing_of_it_is_there_by_default(template):
    kinds = {each["Type"] for each in template(STACK)["Resources"].values()}
    assert "AWS::EMRServerless::Application" not in kinds


def test_the_stream_has_one_reader(found):
    assert not of_type(found, "AWS::KinesisFirehose::DeliveryStream")
    (stream,) = of_type(found, "AWS::Kinesis::Stream").values()
    assert stream["RetentionPeriodHours"] == 168


def test_the_application_is_bounded_and_runs_one_job_at_a_time(application):
    most = {"Cpu": "10 vCPU", "Memory": "40 GB", "Disk": "100 GB"}
    assert application["MaximumCapacity"] == most
    assert application["SchedulerConfiguration"]["MaxConcurrentRuns"] == 1
    assert application["AutoStopConfiguration"]["Enabled"]


def test_another_application_takes_its_place_when_it_changes(application, variant):
    more = variant(STACK, overrides={**BY_SPARK, "data_lake.stream_executors": 9})
    (other,) = of_type(more, "AWS::EMRServerless::Application").values()
    assert other["Name"] != application["Name"]


def test_the_job_takes_what_it_is_started_with(started):
    arguments, places = started
    submit = arguments["JobDriver"]["SparkSubmit"]
    options = read_options(
        [
            "7" if word in ("${KeptDays}", "${Seconds}") else word
            for word in submit["EntryPointArguments"]
        ]
    )
    assert options.seconds == options.kept_days == 7
    filled = set(re.findall(r"\$\{(\w+)\}", json.dumps(arguments)))
    assert filled <= places.keys()
    assert (arguments["Mode"], arguments["RetryPolicy"]) == (
        "STREAMING",
        {"MaxFailedAttemptsPerHour": 5},
    )


def test_disks_and_logs_are_under_the_customer_s_key(application, started):
    arguments, places = started
    disks = arguments["ConfigurationOverrides"]["DiskEncryptionConfiguration"]
    assert disks == {"EncryptionKeyArn": "${Key}"}
    logs = application["MonitoringConfiguration"]["CloudWatchLoggingConfiguration"]
    assert logs["EncryptionKeyArn"] == places["Key"] == {"Fn::GetAtt": ["Key961B73FD", "Arn"]}


def test_the_job_touches_its_own_files_and_nobody_else_s(found):
    allowed = {
        (action, json.dumps(statement["Resource"]))
        for statement in statements(found, role=JOB)
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
        if action.startswith("s3:") and "Checkpoints" not in json.dumps(statement["Resource"])
    }
    writing = {
        resource for action, resource in allowed if action in ("s3:PutObject", "s3:DeleteObject")
    }
    assert writing
    assert all("/stream-*" in resource for resource in writing)
    names = {name for name in (d.name for d in datasets()) if any(name in r for r in writing)}
    assert names == {dataset.name for dataset in datasets()}
    assert not [a for a, resource in allowed if a == "s3:GetObject" and "Modeled" in resource]


def test_what_starts_runs_goes_first_and_what_they_run_on_last(found):
    """What depends on a resource is deleted before it."""
    resources = found["Resources"]
    (stopped,) = (n for n, r in resources.items() if r["Type"] == "Custom::StoppedStreaming")
    rules = [
        resource
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Events::Rule" and name.startswith("StreamSpark")
    ]
    assert len(rules) == 2
    assert all(stopped in rule["DependsOn"] for rule in rules)
    needed = {resources[name]["Type"] for name in resources[stopped]["DependsOn"]}
    assert {
        "AWS::EMRServerless::Application",
        "AWS::IAM::Policy",
        "AWS::StepFunctions::StateMachine",
    } <= needed


def test_a_change_of_the_job_is_one_of_what_stops_it(found, started):
    (stopped,) = of_type(found, "Custom::StoppedStreaming").values()
    assert stopped["Job"] == started[1]["SparkParameters"]


def test_an_alarm_rings_when_nobody_reads(found):
    alarms = {each["AlarmName"]: each for each in of_type(found, "AWS::CloudWatch::Alarm").values()}
    unread = alarms[f"{STACK}-StreamUnread"]
    assert (unread["TreatMissingData"], unread["MetricName"]) == (
        "breaching",
        "GetRecords.IteratorAgeMilliseconds",
    )
    assert alarms[f"{STACK}-StreamLate"]["Threshold"] == 30 * 60_000
    assert f"{STACK}-StreamStale" not in alarms


def test_counts_of_the_log_are_metrics_as_the_function_s_are(found):
    made = {
        (each["MetricNamespace"], each["MetricName"], each["Dimensions"][0]["Key"])
        for one in of_type(found, "AWS::Logs::MetricFilter").values()
        for each in one["MetricTransformations"]
    }
    names = ("RecordsModeled", "RecordsRepeated", "RecordsSetAside")
    assert made == {(NAMESPACE, name, "service") for name in names}


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"stream_reader": "emr"}, "stream_reader emr only with a stream of Kinesis to read"),
        (
            {"stream_reader": "emr", "stream_source": "kinesis"},
            "stream_reader emr only with two subnets or more and a security group",
        ),
        (
            {"stream_subnets": "['subnet-0123456789abcdef0']"},
            "stream_subnets and stream_security_groups only while stream_reader is emr",
        ),
    ],
    ids=["no stream", "no network", "no reader"],
)
def test_settings_that_do_not_fit_are_refused(changes, allowed):
    with pytest.raises(SettingsError, match=f"does not fit together; allowed: {allowed}"):
        load_settings(None, {f"data_lake.{key}": value for key, value in changes.items()})


@pytest.mark.parametrize(
    ("given", "token"),
    [({"id": "an-event"}, "an-event"), ({}, "x" * 64)],
    ids=["event", "operator"],
)
def test_who_asks_twice_for_one_reason_has_one_token(given, token):
    machine = keep_streaming(arguments=[], attempts=1)
    spelled = machine["States"]["StartRun"]["Arguments"]["ClientToken"]
    context = {"Execution": {"Input": given, "Name": "x" * 80}}
    known = {"states": {"context": context}}
    assert expressions.evaluate({"token": spelled}, known) == {"token": token}


def test_what_stops_the_job_knows_the_states_that_what_starts_it_knows():
    assert stop_streaming.UNENDED == UNENDED
