"""Iceberg tables that Glue makes, by its API and by templates, and their optimizers."""

import pytest
from botocore.exceptions import ClientError

FIELDS = [
    {"Id": 1, "Name": "id", "Type": "long", "Required": True},
    {"Id": 2, "Name": "at", "Type": "timestamptz", "Required": False, "Doc": "When it was."},
]
SPEC = {"Fields": [{"SourceId": 2, "Name": "at_day", "Transform": "day"}]}


def form(place, **changes):
    """Write the input of a table as the API has it."""
    table = {"Location": place, "Schema": {"Fields": FIELDS}, "PartitionSpec": SPEC, **changes}
    given = {"MetadataOperation": "CREATE", "Version": "2", "CreateIcebergTableInput": table}
    return {"IcebergInput": given}


def table_of(lake, **changes):
    """Write the resource of a table as a template has it."""
    given = dict(form(f"s3://{lake}/sales", **changes)["IcebergInput"])
    given["IcebergTableInput"] = given.pop("CreateIcebergTableInput")
    properties = {"CatalogId": {"Ref": "AWS::AccountId"}, "DatabaseName": lake, "Name": "sales"}
    return "AWS::Glue::Table", {**properties, "OpenTableFormatInput": {"IcebergInput": given}}


def test_a_table_is_there_before_its_first_row(glue, lake, asked):
    glue.create_table(
        DatabaseName=lake,
        TableInput={"Name": "sales"},
        OpenTableFormatInput=form(f"s3://{lake}/sales"),
    )
    table = glue.get_table(DatabaseName=lake, Name="sales")["Table"]
    assert table["Parameters"]["table_type"] == "ICEBERG"
    assert [c["Type"] for c in table["StorageDescriptor"]["Columns"]] == ["bigint", "timestamp"]
    assert asked("SELECT * FROM sales") == []
    columns = f"information_schema.columns WHERE table_schema = '{lake}' AND table_name = 'sales'"
    assert asked(f"SELECT data_type FROM {columns}") == [
        ["bigint"], ["timestamp(6) with time zone"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (form("s3://no-such-bucket/x"), "cannot be written"),
        ({"IcebergInput": {"MetadataOperation": "DROP"}}, "allowed: CREATE"),
        ({"IcebergInput": {**form("s3://l/x")["IcebergInput"], "Version": "3"}}, "Version is 3"),
        (
            form("s3://l/x", Schema={"Fields": [{**FIELDS[0], "Type": "uuid"}, FIELDS[1]]}),
            "type uuid",
        ),
        (
            form("s3://l/x", PartitionSpec={"Fields": [{**SPEC["Fields"][0], "SourceId": 9}]}),
            "are of no column",
        ),
        (form("s3://l/x", WriteOrder={"OrderId": 1, "Fields": []}), "WriteOrder"),
    ],
)
def test_a_table_that_could_not_be_read_is_refused(glue, lake, given, said):
    with pytest.raises(ClientError, match=said):
        glue.create_table(DatabaseName=lake, TableInput={"Name": "bad"}, OpenTableFormatInput=given)
    assert glue.get_tables(DatabaseName=lake)["TableList"] == []


def test_a_template_makes_a_table_and_changes_none(deploy, resources, lake, glue):
    stack = deploy(Sales=table_of(lake))
    pointer = glue.get_table(DatabaseName=lake, Name="sales")["Table"]["Parameters"]
    other = {**resources(Sales=table_of(lake)), **resources(Q=("AWS::SQS::Queue", {}))}
    stack.update(other)
    assert glue.get_table(DatabaseName=lake, Name="sales")["Table"]["Parameters"] == pointer
    wider = table_of(lake, Schema={"Fields": [*FIELDS, {**FIELDS[0], "Id": 3, "Name": "more"}]})
    with pytest.raises(AssertionError, match="changes no Iceberg table by its template"):
        stack.update(resources(Sales=wider))
    assert glue.get_table(DatabaseName=lake, Name="sales")["Table"]["Parameters"] == pointer


def test_who_makes_a_table_has_to_be_allowed_to_write_its_metadata(glue, lake, caller):
    client = caller("glue", "glue:*")
    with pytest.raises(ClientError, match="s3:PutObject"):
        client.create_table(
            DatabaseName=lake,
            TableInput={"Name": "sales"},
            OpenTableFormatInput=form(f"s3://{lake}/sales"),
        )
    assert glue.get_tables(DatabaseName=lake)["TableList"] == []


READS = ("glue:GetDatabase", "glue:GetTable", "s3:GetObject", "s3:PutObject")


@pytest.mark.parametrize("lacking", ["glue:GetTable", "s3:GetObject"])
def test_a_query_reads_a_table_as_its_caller(glue, lake, asked, caller, lacking):
    place = form(f"s3://{lake}/sales")
    given = {"DatabaseName": lake, "TableInput": {"Name": "sales"}}
    glue.create_table(**given, OpenTableFormatInput=place)
    others = ("athena:*", "s3:GetBucketLocation", *READS)
    assert asked("SELECT * FROM sales", caller("athena", *others)) == []
    fewer = [action for action in others if action != lacking]
    with pytest.raises(AssertionError, match=f"PERMISSION_DENIED.*{lacking}"):
        asked("SELECT * FROM sales", caller("athena", *fewer))


RETENTION = {
    "icebergConfiguration": {"snapshotRetentionPeriodInDays": 7, "numberOfSnapshotsToRetain": 1}
}


@pytest.fixture
def optimizer(glue, lake, job_role):
    """Make a table; gives what names an optimizer of it, and what one is made of."""
    glue.create_table(
        DatabaseName=lake,
        TableInput={"Name": "sales"},
        OpenTableFormatInput=form(f"s3://{lake}/sales"),
    )
    place = {"CatalogId": "000000000000", "DatabaseName": lake, "TableName": "sales"}
    configuration = {"roleArn": job_role("glue:GetTable"), "enabled": True}
    return {**place, "Type": "retention"}, {**configuration, "retentionConfiguration": RETENTION}


def test_an_optimizer_is_kept_and_never_said_to_have_run(glue, optimizer):
    place, configuration = optimizer
    glue.create_table_optimizer(**place, TableOptimizerConfiguration=configuration)
    found = glue.get_table_optimizer(**place)["TableOptimizer"]
    assert found == {"type": "retention", "configuration": configuration}
    assert glue.list_table_optimizer_runs(**place)["TableOptimizerRuns"] == []
    off = {**configuration, "enabled": False}
    glue.update_table_optimizer(**place, TableOptimizerConfiguration=off)
    assert glue.get_table_optimizer(**place)["TableOptimizer"]["configuration"] == off
    glue.delete_table_optimizer(**place)
    with pytest.raises(ClientError, match="has no retention optimizer"):
        glue.get_table_optimizer(**place)


def test_an_optimizer_goes_with_its_table(glue, optimizer):
    place, configuration = optimizer
    glue.create_table_optimizer(**place, TableOptimizerConfiguration=configuration)
    glue.delete_table(DatabaseName=place["DatabaseName"], Name="sales")
    with pytest.raises(ClientError, match="has no retention optimizer"):
        glue.get_table_optimizer(**place)


@pytest.mark.parametrize(
    ("place", "configuration", "said"),
    [
        ({"Type": "sorting"}, {}, "compaction, retention, orphan_file_deletion"),
        ({"TableName": "none"}, {}, "Table none not found"),
        ({"CatalogId": "123456789012"}, {}, "Catalog 123456789012 not found"),
        ({"Type": "compaction"}, {}, "retentionConfiguration is of another type"),
        ({}, {"roleArn": "arn:aws:iam::000000000000:role/none"}, "assume role permissions"),
        ({}, {"vpcConfiguration": {"glueConnectionName": "a"}}, "no connections"),
    ],
)
def test_an_optimizer_that_could_not_be_is_refused(glue, optimizer, place, configuration, said):
    given = {**optimizer[1], **configuration}
    with pytest.raises(ClientError, match=said):
        glue.create_table_optimizer(**{**optimizer[0], **place}, TableOptimizerConfiguration=given)


def test_who_makes_an_optimizer_has_to_be_allowed_to_pass_its_role(optimizer, caller):
    place, configuration = optimizer
    client = caller("glue", "glue:*")
    with pytest.raises(ClientError, match="iam:PassRole"):
        client.create_table_optimizer(**place, TableOptimizerConfiguration=configuration)


def test_a_template_makes_changes_and_deletes_optimizers(deploy, resources, glue, optimizer):
    place, configuration = optimizer

    def optimizing(days):
        iceberg = {"SnapshotRetentionPeriodInDays": days, "NumberOfSnapshotsToRetain": 1}
        kept = {"RoleArn": configuration["roleArn"], "Enabled": True}
        kept["RetentionConfiguration"] = {"IcebergConfiguration": iceberg}
        return ("AWS::Glue::TableOptimizer", {**place, "TableOptimizerConfiguration": kept})

    stack = deploy(Retention=optimizing(7))
    assert glue.get_table_optimizer(**place)["TableOptimizer"]["configuration"] == configuration
    stack.update(resources(Retention=optimizing(9)))
    found = glue.get_table_optimizer(**place)["TableOptimizer"]["configuration"]
    kept = found["retentionConfiguration"]["icebergConfiguration"]
    assert kept["snapshotRetentionPeriodInDays"] == 9
    stack.update(resources(Q=("AWS::SQS::Queue", {})))
    with pytest.raises(ClientError, match="has no retention optimizer"):
        glue.get_table_optimizer(**place)
