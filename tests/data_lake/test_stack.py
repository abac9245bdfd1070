"""What the stack of DataLake promises, however its template is spelled."""

from functools import partial

import pytest

from data_lake.containers import Format, container_of
from data_lake.contract import DATASET, LINEAGE, newest_contracts
from data_lake.places import REFUSED
from data_lake.reasons import FileReason, Reason
from stacks.data_lake.datasets import datasets
from testing.templates import of_type, readable, statements

STACK = "DataLake"


@pytest.fixture(scope="module")
def found(template):
    return template(STACK)


@pytest.fixture(scope="module")
def resources(found):
    return partial(of_type, found)


@pytest.mark.golden
def test_the_template_is_the_reviewed_one(template, snapshot_json):
    assert snapshot_json == readable(template(STACK))


def test_a_half_failed_batch_hands_back_only_its_failures(resources):
    (feed,) = resources("AWS::Lambda::EventSourceMapping").values()
    assert feed["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_function_reads_raw_files_and_its_own_load_records_and_nothing_else(found):
    actions = [
        action
        for statement in statements(found, role="ModelFilesRole")
        for action in [statement["Action"]]
        if isinstance(action, str) and action.startswith("s3:")
    ]
    reading = sorted(action for action in actions if "Get" in action)
    assert reading == ["s3:GetObject", "s3:GetObjectVersion"]
    assert "s3:DeleteObject" not in actions


def test_the_zones_keep_things_for_as_long_as_their_settings_say(resources):
    kept = {
        name.rstrip("0123456789ABCDEF"): rule["ExpirationInDays"]
        for name, bucket in resources("AWS::S3::Bucket").items()
        for rule in bucket["LifecycleConfiguration"]["Rules"]
        if rule["Id"] == "Expire"
    }
    assert (kept["Raw"], kept["Modeled"], kept["Failures"]) == (30, 400, 90)
    # The job drops days and snapshots; what a table refers to must not go by its age.
    assert kept["CurationEnhancedZone"] == 3653


def test_there_is_room_on_disk_for_a_file_beside_what_is_made_of_it(resources):
    function = next(
        each
        for each in resources("AWS::Lambda::Function").values()
        if each["Handler"] == "data_lake.model_files.handler"
    )
    largest = int(function["Environment"]["Variables"]["LARGE_FILE_BYTES"])
    assert function["EphemeralStorage"]["Size"] * 1024**2 >= 3 * largest


def test_every_contract_is_a_table_with_its_columns_in_its_order(resources):
    tables = resources("AWS::Glue::Table").values()
    inputs = [table["TableInput"] for table in tables if "TableInput" in table]
    tables = {table["Name"]: table for table in inputs}
    contracts = newest_contracts()
    assert {dataset.name for dataset in datasets()} == set(contracts)
    for name, contract in contracts.items():
        columns = tables[f"{name}_records"]["StorageDescriptor"]["Columns"]
        lineage = [column for column in LINEAGE if column != "day"]
        assert [c["Name"] for c in columns] == [*(c.name for c in contract.columns), *lineage]
    values = tables["quarantine"]["Parameters"]["projection.dataset.values"]
    assert values.split(",") == [*sorted(contracts), "objects", "unknown"]


@pytest.fixture(scope="module")
def delivery(resources):
    (stream,) = resources("AWS::KinesisFirehose::DeliveryStream").values()
    return stream


def test_a_stream_is_under_the_customer_s_key_on_its_way_and_where_it_ends(delivery):
    key = {"Fn::GetAtt": ["Key961B73FD", "Arn"]}
    encryption = delivery["DeliveryStreamEncryptionConfigurationInput"]
    assert encryption == {"KeyType": "CUSTOMER_MANAGED_CMK", "KeyARN": key}
    written = delivery["ExtendedS3DestinationConfiguration"]["EncryptionConfiguration"]
    assert written["KMSEncryptionConfig"]["AWSKMSKeyARN"] == key


def test_what_a_stream_writes_is_what_the_function_that_models_files_takes(delivery):
    to = delivery["ExtendedS3DestinationConfiguration"]
    assert to["Prefix"].startswith(f"!{{partitionKeyFromLambda:{DATASET}}}/")
    assert to["ErrorOutputPrefix"].startswith(REFUSED)
    found = container_of(f"retail_visits/stream/x{to['FileExtension']}")
    assert (found.format, found.gzip) == (Format.JSON_LINES, to["CompressionFormat"] == "GZIP")


def test_a_stream_of_kinesis_is_the_source_by_setting_and_nothing_else_changes(variant, found):
    overrides = {"data_lake.stream_source": "kinesis"}
    read = variant(STACK, overrides=overrides)
    (source,) = of_type(read, "AWS::Kinesis::Stream").values()
    assert source["StreamEncryption"]["EncryptionType"] == "KMS"
    assert source["StreamEncryption"]["KeyId"] == {"Fn::GetAtt": ["Key961B73FD", "Arn"]}
    kind = "AWS::KinesisFirehose::DeliveryStream"
    (by_kinesis,), (direct,) = (of_type(t, kind).values() for t in (read, found))
    assert by_kinesis["DeliveryStreamType"] == "KinesisStreamAsSource"
    name = "ExtendedS3DestinationConfiguration"
    assert by_kinesis[name] == direct[name]
    assert read["Outputs"].keys() - found["Outputs"].keys() == {"DataStreamName"}
    added = read["Resources"].keys() - found["Resources"].keys()
    assert {read["Resources"][each]["Type"] for each in added} == {"AWS::Kinesis::Stream"}


def test_messages_of_devices_fill_the_stream_by_setting_and_what_does_not_get_there_is_kept(
    variant,
):
    listens = variant(STACK, overrides={"data_lake.stream_source": "iot"})
    (rule,) = of_type(listens, "AWS::IoT::TopicRule").values()
    told = rule["TopicRulePayload"]
    assert told["Sql"].endswith(f"AS {DATASET} FROM 'lake/+/+'")
    ((action,), error) = told["Actions"], told["ErrorAction"]
    assert action["Kinesis"]["StreamName"] == listens["Outputs"]["DataStreamName"]["Value"]
    queue = listens["Outputs"]["MessagesUndeliveredQueueUrl"]["Value"]
    assert error["Sqs"]["QueueUrl"] == queue
    assert listens["Resources"][queue["Ref"]]["Properties"]["KmsMasterKeyId"]


def test_no_two_reasons_have_one_name():
    assert not {*Reason} & {*FileReason}
