"""Crawlers in the sandbox: they look, as their role, and say truly how it went."""

import gzip
import json

import pytest

NEEDED = {
    "s3:ListBucket": "*",
    "s3:GetObject": "*",
    "glue:GetDatabase": "*",
    "glue:GetTable": "*",
    "glue:CreateTable": "*",
    "glue:GetPartitions": "*",
    "glue:BatchCreatePartition": "*",
    # Not needed by the first crawl.
    "glue:GetTables": "*",
    "glue:UpdateTable": "*",
    "logs:CreateLogGroup": "*",
    "logs:CreateLogStream": "*",
    "logs:PutLogEvents": "*",
}


@pytest.fixture
def glue(contract):
    return contract("glue")


@pytest.fixture
def role(sandbox, unique):
    """Make a role with all that a crawl needs, but for what is left out."""

    def make(*left_out):
        rights = [
            {"Effect": "Allow", "Action": action, "Resource": on}
            for action, on in NEEDED.items()
            if action not in left_out
        ]
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": "glue.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
        iam, name = sandbox.client("iam"), unique("crawler-role")
        documents = [
            json.dumps({"Version": "2012-10-17", "Statement": each}) for each in (trust, rights)
        ]
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=documents[0])["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=documents[1])
        return made["Arn"]

    return make


@pytest.fixture
def drops(sandbox, unique):
    """Put objects into a bucket of their own; gives its name."""

    def put(objects, bucket=None):
        bucket, s3 = bucket or unique("drops"), sandbox.client("s3")
        s3.create_bucket(Bucket=bucket)
        for key, body in objects.items():
            s3.put_object(Bucket=bucket, Key=key, Body=body)
        return bucket

    return put


@pytest.fixture
def crawler(glue, unique):
    def make(bucket, role, **more):
        name = unique("crawler")
        database = name.replace("-", "_")
        glue.create_database(DatabaseInput={"Name": database})
        glue.create_crawler(
            Name=name,
            Role=role,
            DatabaseName=database,
            Targets={"S3Targets": [{"Path": f"s3://{bucket}/"}]},
            **more,
        )
        return name

    return make


@pytest.fixture
def crawl(glue, eventually):
    """Run a crawler to its end; gives how it went."""

    def run(name):
        glue.start_crawler(Name=name)

        def over():
            found = glue.get_crawler(Name=name)["Crawler"]
            return found["LastCrawl"] if found["State"] == "READY" else None

        return eventually(over)

    return run


@pytest.fixture
def found(sandbox):
    """List the tables of a crawler's database by their names."""
    return lambda name: {
        table["Name"]: table
        for table in sandbox.client("glue").get_tables(DatabaseName=name.replace("-", "_"))[
            "TableList"
        ]
    }


SALES = {
    "sales/day=1/a.csv": b"id,amount\n1,2.5\n",
    "sales/day=2/a.csv": b"id,amount\n2,7\n",
    "visits/a.jsonl": b'{"Visitor": "p", "Zones": [1, 2]}\n',
    "packed/a.csv.gz": gzip.compress(b"id,name\n1,ann\n"),
    "pictures/a.png": b"\x89PNG\r\n\x1a\n\x00\xff",
}


def test_a_crawl_makes_tables_of_what_it_saw(glue, drops, role, crawler, crawl, found):
    bucket = drops(SALES)
    name = crawler(bucket, role(), TablePrefix="raw_")
    last = crawl(name)
    assert (last["Status"], "ErrorMessage" in last) == ("SUCCEEDED", False)
    tables = found(name)
    assert {*tables} == {"raw_sales", "raw_visits", "raw_packed"}
    sales = tables["raw_sales"]
    assert sales["StorageDescriptor"]["Location"] == f"s3://{bucket}/sales/"
    assert [each["Name"] for each in sales["PartitionKeys"]] == ["day"]
    kept = glue.get_partitions(DatabaseName=name.replace("-", "_"), TableName="raw_sales")
    assert sorted(each["Values"] for each in kept["Partitions"]) == [["1"], ["2"]]
    assert tables["raw_visits"]["Parameters"]["classification"] == "json"
    assert tables["raw_packed"]["Parameters"]["compressionType"] == "gzip"
    (measured,) = glue.get_crawler_metrics(CrawlerNameList=[name])["CrawlerMetricsList"]
    assert (measured["TablesCreated"], measured["TablesUpdated"]) == (3, 0)


def test_athena_reads_what_was_found(sandbox, drops, role, crawler, crawl, eventually):
    bucket = drops(SALES)
    name = crawler(bucket, role())
    crawl(name)
    athena = sandbox.client("athena")
    query = athena.start_query_execution(
        QueryString="SELECT day, sum(amount) AS total FROM sales GROUP BY day ORDER BY day",
        QueryExecutionContext={"Database": name.replace("-", "_")},
        ResultConfiguration={"OutputLocation": f"s3://{bucket}/.results/"},
    )["QueryExecutionId"]

    def over():
        state = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
        assert state["State"] != "FAILED", state
        return state["State"] == "SUCCEEDED"

    eventually(over)
    rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
    shown = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows[1:]]
    assert shown == [["1", "2.5"], ["2", "7.0"]]


def test_the_next_crawl_adds_what_is_new_and_changes_nothing_else(
    glue, drops, role, crawler, crawl, found
):
    bucket = drops(SALES)
    name = crawler(bucket, role(), SchemaChangePolicy={"DeleteBehavior": "DEPRECATE_IN_DATABASE"})
    crawl(name)
    before = found(name)
    drops({"sales/day=3/a.csv": b"id,amount\n3,1.5\n4,yes\n"}, bucket)
    crawl(name)
    after = found(name)
    columns = {
        each["Name"]: each["Type"] for each in after["sales"]["StorageDescriptor"]["Columns"]
    }
    assert columns == {"id": "bigint", "amount": "string"}
    assert after["visits"]["StorageDescriptor"] == before["visits"]["StorageDescriptor"]
    kept = glue.get_partitions(DatabaseName=name.replace("-", "_"), TableName="sales")
    assert len(kept["Partitions"]) == 3


def test_a_table_whose_objects_are_gone_is_marked_where_it_is_asked_for(
    sandbox, drops, role, crawler, crawl, found
):
    bucket = drops(SALES)
    name = crawler(bucket, role(), SchemaChangePolicy={"DeleteBehavior": "DEPRECATE_IN_DATABASE"})
    crawl(name)
    sandbox.client("s3").delete_object(Bucket=bucket, Key="visits/a.jsonl")
    crawl(name)
    assert "DEPRECATED_BY_CRAWLER" in found(name)["visits"]["Parameters"]
    assert "DEPRECATED_BY_CRAWLER" not in found(name)["sales"]["Parameters"]


@pytest.mark.parametrize(
    "left_out",
    [
        action
        for action in NEEDED
        if not action.startswith(("logs:", "glue:Update", "glue:GetTables"))
    ],
)
def test_a_crawl_whose_role_may_not_do_all_of_it_fails_with_the_reason(
    drops, role, crawler, crawl, left_out
):
    last = crawl(crawler(drops(SALES), role(left_out)))
    assert last["Status"] == "FAILED"
    assert left_out in last["ErrorMessage"]


def test_what_it_may_not_log_is_a_problem_and_no_failure(sandbox, drops, role, crawler, crawl):
    name = crawler(drops(SALES), role("logs:PutLogEvents"))
    assert crawl(name)["Status"] == "SUCCEEDED"
    assert name in str(sandbox.problems())


def test_a_crawler_runs_once_at_a_time_and_can_be_stopped(
    glue, drops, role, crawler, refused, eventually
):
    large = json.dumps([{"id": n} for n in range(70_000)]).encode()
    name = crawler(drops({f"many/{n}.json": large for n in range(30)}), role())
    assert refused(glue.stop_crawler, Name=name)[0] == "CrawlerNotRunningException"
    glue.start_crawler(Name=name)
    assert refused(glue.start_crawler, Name=name)[0] == "CrawlerRunningException"
    glue.stop_crawler(Name=name)
    eventually(lambda: glue.get_crawler(Name=name)["Crawler"]["State"] == "READY")
    assert glue.get_crawler(Name=name)["Crawler"]["LastCrawl"]["Status"] == "CANCELLED"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Targets": {"JdbcTargets": [{"ConnectionName": "c"}]}}, "no JdbcTargets"),
        ({"Targets": {"S3Targets": [{"Path": "s3://b/", "SampleSize": 3}]}}, "SampleSize"),
        ({"Classifiers": ["mine"]}, "Classifiers"),
        ({"Schedule": "cron(0 1 * * ? *)"}, "Schedule"),
        ({"RecrawlPolicy": {"RecrawlBehavior": "CRAWL_NEW_FOLDERS_ONLY"}}, "CRAWL_NEW_FOLDERS"),
        ({"SchemaChangePolicy": {"DeleteBehavior": "DELETE_FROM_DATABASE"}}, "DELETE_FROM"),
        ({"Configuration": '{"Version": 1.0, "Grouping": {}}'}, "Grouping"),
    ],
)
def test_what_a_crawler_cannot_do_here_is_refused_by_name(
    glue, role, unique, refused, refusal, change, said
):
    given = {
        "Name": unique("crawler"),
        "Role": role(),
        "DatabaseName": "d",
        "Targets": {"S3Targets": [{"Path": "s3://b/"}]},
        **change,
    }
    code, message = refused(glue.create_crawler, **given)
    assert (code, said in message) == ("InvalidInputException", True)
    if "Schedule" in change:
        given["Schedule"] = {"ScheduleExpression": change["Schedule"]}
    assert said in refusal(It=("AWS::Glue::Crawler", given))


def test_triggers_are_refused_by_name(glue, unique, refused, refusal):
    given = {"Name": unique("t"), "Type": "ON_DEMAND", "Actions": [{"JobName": "j"}]}
    code, message = refused(glue.create_trigger, **given)
    assert (code, "no triggers" in message) == ("InvalidInputException", True)
    assert "triggers" in refusal(It=("AWS::Glue::Trigger", given))
