"""Types that the emulator carries itself, or that the sandbox adds, read back as deployed."""

import json

ALARM = {
    "AlarmDescription": "a demonstration",
    "Namespace": "Shop",
    "MetricName": "Faces",
    "Dimensions": [{"Name": "service", "Value": "retail"}],
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 3,
    "DatapointsToAlarm": 2,
    "Threshold": 5,
    "ComparisonOperator": "GreaterThanThreshold",
    "TreatMissingData": "notBreaching",
}


def role_of(service):
    """Spell a role that a service may assume, and that may do nothing."""
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    trust = {"Version": "2012-10-17", "Statement": [statement]}
    return "AWS::IAM::Role", {"AssumeRolePolicyDocument": trust}


def test_alarms_and_dashboards_are_read_back(sandbox, deploy):
    rule = {"Fn::Sub": 'ALARM("${It}")'}
    body = json.dumps({"widgets": []})
    stack = deploy(
        It=("AWS::CloudWatch::Alarm", {**ALARM, "AlarmActions": [{"Ref": "Topic"}]}),
        Topic=("AWS::SNS::Topic", {}),
        Either=("AWS::CloudWatch::CompositeAlarm", {"AlarmName": "either", "AlarmRule": rule}),
        Board=("AWS::CloudWatch::Dashboard", {"DashboardBody": body}),
    )
    cloudwatch = sandbox.client("cloudwatch")
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[stack.id()])["MetricAlarms"]
    assert {name: alarm[name] for name in ALARM} == ALARM
    assert alarm["AlarmActions"] == [stack.id("Topic")]
    found = cloudwatch.describe_alarms(AlarmNames=["either"], AlarmTypes=["CompositeAlarm"])
    assert found["CompositeAlarms"][0]["AlarmRule"] == f'ALARM("{stack.id()}")'
    board = cloudwatch.get_dashboard(DashboardName=stack.id("Board"))
    assert json.loads(board["DashboardBody"]) == {"widgets": []}


def test_athena_and_its_catalog_are_read_back(sandbox, deploy, unique):
    database, workgroup = unique("db").replace("-", "_"), unique("group")
    settings = {
        "EnforceWorkGroupConfiguration": True,
        "BytesScannedCutoffPerQuery": 10_000_000,
        "ResultConfiguration": {
            "OutputLocation": "s3://results/",
            "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"},
        },
    }
    columns = [{"Name": "store", "Type": "string"}]
    table = {
        "Name": "faces",
        "TableType": "EXTERNAL_TABLE",
        "Parameters": {"projection.enabled": "true"},
        "PartitionKeys": [{"Name": "day", "Type": "date"}],
        "StorageDescriptor": {
            "Columns": columns,
            "Location": "s3://results/faces/",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"},
        },
    }
    catalog = {"Ref": "AWS::AccountId"}
    stack = deploy(
        Group=("AWS::Athena::WorkGroup", {"Name": workgroup, "WorkGroupConfiguration": settings}),
        Db=("AWS::Glue::Database", {"CatalogId": catalog, "DatabaseInput": {"Name": database}}),
        It=(
            "AWS::Glue::Table",
            {"CatalogId": catalog, "DatabaseName": {"Ref": "Db"}, "TableInput": table},
        ),
        Query=(
            "AWS::Athena::NamedQuery",
            {
                "Name": "all",
                "Database": {"Ref": "Db"},
                "QueryString": "SELECT 1",
                "WorkGroup": {"Ref": "Group"},
            },
        ),
    )
    athena, glue = sandbox.client("athena"), sandbox.client("glue")
    found = athena.get_work_group(WorkGroup=workgroup)["WorkGroup"]["Configuration"]
    assert found["BytesScannedCutoffPerQuery"] == 10_000_000
    assert found["EnforceWorkGroupConfiguration"] is True
    assert found["ResultConfiguration"]["OutputLocation"] == "s3://results/"
    query = athena.get_named_query(NamedQueryId=stack.id("Query"))["NamedQuery"]
    assert (query["QueryString"], query["WorkGroup"]) == ("SELECT 1", workgroup)
    stored = glue.get_table(DatabaseName=database, Name="faces")["Table"]
    assert stored["Parameters"] == {"projection.enabled": "true"}
    assert stored["PartitionKeys"] == [{"Name": "day", "Type": "date"}]
    assert stored["StorageDescriptor"]["Columns"] == columns
    assert glue.get_database(Name=database)["Database"]["Name"] == database


def test_a_state_machine_keeps_its_logging_and_tracing(sandbox, deploy):
    definition = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
    stack = deploy(
        Role=role_of("states.amazonaws.com"),
        It=(
            "AWS::StepFunctions::StateMachine",
            {
                "DefinitionString": json.dumps(definition),
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "TracingConfiguration": {"Enabled": True},
            },
        ),
    )
    found = sandbox.client("stepfunctions").describe_state_machine(stateMachineArn=stack.id())
    assert found["tracingConfiguration"] == {"enabled": True}


def test_a_mapping_of_a_template_is_checked_as_that_of_the_api(refusal, deploy):
    why = refusal(
        Queue=("AWS::SQS::Queue", {}),
        Role=role_of("lambda.amazonaws.com"),
        Reader=(
            "AWS::Lambda::Function",
            {
                "Code": {"ZipFile": "def handler(event, context): pass"},
                "Handler": "index.handler",
                "Runtime": "python3.13",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            },
        ),
        It=(
            "AWS::Lambda::EventSourceMapping",
            {
                "FunctionName": {"Ref": "Reader"},
                "EventSourceArn": {"Fn::GetAtt": ["Queue", "Arn"]},
                "BatchSize": 100,
                "MaximumBatchingWindowInSeconds": 5,
            },
        ),
    )
    assert "does not have permissions to call ReceiveMessage on SQS" in why


def test_an_alarm_on_metric_math_is_read_back(sandbox, deploy, unique):
    metric = {"Namespace": "Shop", "MetricName": "Faces", "Dimensions": []}
    queries = [
        {"Id": "double", "Expression": "faces * 2", "Label": "Twice", "ReturnData": True},
        {
            "Id": "faces",
            "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"},
            "ReturnData": False,
        },
    ]
    of_one = ("Namespace", "MetricName", "Dimensions", "Statistic", "Period")
    general = {name: value for name, value in ALARM.items() if name not in of_one}
    stack = deploy(It=("AWS::CloudWatch::Alarm", {**general, "Metrics": queries}))
    cloudwatch = sandbox.client("cloudwatch")
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[stack.id()])["MetricAlarms"]
    assert alarm["Metrics"] == queries
    assert "MetricName" not in alarm
    name = unique("alarm")
    cloudwatch.put_metric_alarm(AlarmName=name, **general, Metrics=queries)
    [alarm] = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert alarm["Metrics"] == queries
