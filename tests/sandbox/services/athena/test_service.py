"""Athena through boto3, against the running sandbox with IAM enforced."""

import json
import time

import boto3
import pytest
from botocore.exceptions import ClientError

CSV = "org.apache.hadoop.hive.serde2.OpenCSVSerde"


class Lake:
    """A bucket of data, one of results, a database and a workgroup, all of one test module."""

    def __init__(self, sandbox, unique):
        self.sandbox = sandbox
        self.s3, self.glue, self.athena = map(sandbox.client, ("s3", "glue", "athena"))
        self.data, self.results = unique("data"), unique("results")
        self.database, self.workgroup = unique("db").replace("-", "_"), unique("wg")
        for bucket in (self.data, self.results):
            self.s3.create_bucket(Bucket=bucket)
        self.glue.create_database(DatabaseInput={"Name": self.database})
        self.athena.create_work_group(
            Name=self.workgroup,
            Configuration={
                "EnforceWorkGroupConfiguration": True,
                "BytesScannedCutoffPerQuery": 10_000_000,
                "ResultConfiguration": {"OutputLocation": f"s3://{self.results}/out/"},
            },
        )
        self.put("day=2026-11-19/a.csv", "name,n\r\nAnna,1\r\nBen,\r\n")
        self.put("day=2026-11-20/a.csv", "name,n\r\nCleo,3\r\n")
        self.glue.create_table(
            DatabaseName=self.database,
            TableInput={
                "Name": "people",
                "TableType": "EXTERNAL_TABLE",
                "PartitionKeys": [{"Name": "day", "Type": "string"}],
                "Parameters": {
                    "skip.header.line.count": "1",
                    "projection.enabled": "true",
                    "projection.day.type": "date",
                    "projection.day.format": "yyyy-MM-dd",
                    "projection.day.range": "2026-11-01,2026-11-30",
                },
                "StorageDescriptor": {
                    "Columns": [
                        {"Name": "name", "Type": "string"},
                        {"Name": "n", "Type": "string"},
                    ],
                    "Location": f"s3://{self.data}/people/",
                    "SerdeInfo": {"SerializationLibrary": CSV},
                },
            },
        )

    def put(self, key, text):
        """Put a file of people."""
        self.s3.put_object(Bucket=self.data, Key=f"people/{key}", Body=text.encode())

    def run(self, sql, athena=None, **options):
        """Run a query to its end."""
        athena = athena or self.athena
        started = athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.workgroup,
            QueryExecutionContext={"Database": self.database},
            **options,
        )
        return self.wait(started["QueryExecutionId"], athena)

    def wait(self, query_id, athena=None):
        """Wait for a query to end."""
        athena = athena or self.athena
        for _ in range(400):
            found = athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            if found["Status"]["State"] not in ("QUEUED", "RUNNING"):
                return found
            time.sleep(0.02)
        raise AssertionError(f"query {query_id} did not end")

    def rows(self, sql, **options):
        """Run a query and read its rows."""
        ended = self.run(sql, **options)
        assert ended["Status"]["State"] == "SUCCEEDED", ended["Status"]
        page = self.athena.get_query_results(QueryExecutionId=ended["QueryExecutionId"])
        return [[v.get("VarCharValue") for v in r["Data"]] for r in page["ResultSet"]["Rows"]]


@pytest.fixture(scope="module")
def lake(sandbox):
    return Lake(sandbox, lambda stem: f"athena-{stem}-{time.time_ns()}")


@pytest.fixture
def as_role(sandbox, lake, unique):
    """Give a boto3 Athena client of a role that may do what a reader needs, less some actions."""

    def assume(*, without=(), extra=()):
        allowed = {
            "athena:StartQueryExecution": "*",
            "athena:GetQueryExecution": "*",
            "athena:GetQueryResults": "*",
            "glue:GetDatabase": "*",
            "glue:GetTable": "*",
            "s3:GetBucketLocation": "*",
            "s3:ListBucket": f"arn:*:s3:::{lake.data}",
            "s3:GetObject": "*",
            "s3:PutObject": f"arn:*:s3:::{lake.results}/*",
        }
        statement = [
            {"Effect": "Allow", "Action": action, "Resource": resource}
            for action, resource in allowed.items()
            if action not in without
        ]
        trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
        iam, name = sandbox.client("iam"), unique("reader")
        role = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": trust}),
        )["Role"]
        policy = {"Version": "2012-10-17", "Statement": [*statement, *extra]}
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps(policy))
        session = sandbox.client("sts").assume_role(RoleArn=role["Arn"], RoleSessionName="reader")
        given = session["Credentials"]
        return boto3.client(
            "athena",
            endpoint_url=sandbox.environment()["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    return assume


def test_a_query_answers_with_a_header_row_and_leaves_its_csv_where_it_says(lake):
    ended = lake.run("SELECT name, try_cast(n AS integer) AS n FROM people ORDER BY name")
    assert ended["Status"]["State"] == "SUCCEEDED"
    location = ended["ResultConfiguration"]["OutputLocation"]
    assert location == f"s3://{lake.results}/out/{ended['QueryExecutionId']}.csv"
    bucket, _, key = location.removeprefix("s3://").partition("/")
    body = lake.s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()
    assert body == '"name","n"\n"Anna","1"\n"Ben",\n"Cleo","3"\n'
    page = lake.athena.get_query_results(QueryExecutionId=ended["QueryExecutionId"])["ResultSet"]
    assert page["Rows"][0]["Data"] == [{"VarCharValue": "name"}, {"VarCharValue": "n"}]
    assert page["Rows"][2]["Data"] == [{"VarCharValue": "Ben"}, {}]
    assert [c["Type"] for c in page["ResultSetMetadata"]["ColumnInfo"]] == ["varchar", "integer"]


def test_only_the_objects_of_the_named_day_are_scanned(lake):
    all_days = lake.run("SELECT * FROM people")["Statistics"]["DataScannedInBytes"]
    one_day = lake.run("SELECT * FROM people WHERE day = '2026-11-20'")
    assert one_day["Statistics"]["DataScannedInBytes"] == len("name,n\r\nCleo,3\r\n") < all_days


def test_results_come_in_pages(lake):
    ended = lake.run("SELECT * FROM UNNEST(sequence(1, 5)) AS t(n)")
    pages = lake.athena.get_paginator("get_query_results").paginate(
        QueryExecutionId=ended["QueryExecutionId"], PaginationConfig={"PageSize": 2}
    )
    rows = [r["Data"][0]["VarCharValue"] for p in pages for r in p["ResultSet"]["Rows"]]
    assert rows == ["n", "1", "2", "3", "4", "5"]


def test_a_view_is_kept_and_read(lake):
    assert (
        lake.run("CREATE OR REPLACE VIEW adults AS SELECT name FROM people")["Status"]["State"]
        == "SUCCEEDED"
    )
    table = lake.glue.get_table(DatabaseName=lake.database, Name="adults")["Table"]
    assert table["TableType"] == "VIRTUAL_VIEW"
    assert lake.rows("SELECT count(*) AS n FROM adults") == [["n"], ["3"]]


def test_a_failed_query_says_why_as_athena_does(lake):
    status = lake.run("SELECT nobody FROM people")["Status"]
    assert status["State"] == "FAILED"
    assert (
        status["StateChangeReason"]
        == "COLUMN_NOT_FOUND: line 1:8: Column 'nobody' cannot be resolved"
    )
    assert status["AthenaError"]["ErrorCategory"] == 2


def test_malformed_sql_is_refused_at_submission(lake):
    with pytest.raises(ClientError, match="mismatched input") as caught:
        lake.run("SELEC 1")
    assert caught.value.response["Error"]["Code"] == "InvalidRequestException"


def test_execution_parameters_fill_the_placeholders(lake):
    rows = lake.rows("SELECT name FROM people WHERE name = ?", ExecutionParameters=["'Cleo'"])
    assert rows == [["name"], ["Cleo"]]


def test_prepared_statements_run_with_execute(lake):
    lake.athena.create_prepared_statement(
        StatementName="by_name",
        WorkGroup=lake.workgroup,
        QueryStatement="SELECT n FROM people WHERE name = ?",
    )
    assert lake.rows("EXECUTE by_name USING 'Anna'") == [["n"], ["1"]]


def test_an_enforced_workgroup_ignores_the_callers_output_location(lake):
    ended = lake.run("SELECT 1", ResultConfiguration={"OutputLocation": "s3://elsewhere/"})
    assert ended["ResultConfiguration"]["OutputLocation"].startswith(f"s3://{lake.results}/out/")


def test_without_an_output_location_a_query_is_refused(lake):
    with pytest.raises(ClientError, match="No output location provided"):
        lake.athena.start_query_execution(QueryString="SELECT 1", WorkGroup="primary")


def test_a_query_over_the_cutoff_is_cancelled(lake, unique):
    lake.put("day=2026-11-21/big.csv", "name,n\r\n" + "x" * 10_000_001 + ",1\r\n")
    try:
        status = lake.run("SELECT count(*) FROM people WHERE day = '2026-11-21'")["Status"]
    finally:
        lake.s3.delete_object(Bucket=lake.data, Key="people/day=2026-11-21/big.csv")
    assert (status["State"], status["StateChangeReason"]) == (
        "CANCELLED",
        "Bytes scanned limit was exceeded",
    )


def test_a_running_query_is_stopped(lake):
    slow = (
        "SELECT count(*) FROM UNNEST(sequence(1, 20000)) AS a(x) "
        "CROSS JOIN UNNEST(sequence(1, 2000000)) AS b(y) WHERE (x * y) % 7 = 8"
    )
    query_id = lake.athena.start_query_execution(QueryString=slow, WorkGroup=lake.workgroup)[
        "QueryExecutionId"
    ]
    lake.athena.stop_query_execution(QueryExecutionId=query_id)
    assert lake.wait(query_id)["Status"]["State"] == "CANCELLED"


def test_results_are_encrypted_as_the_workgroup_says(lake, unique):
    key = lake.sandbox.client("kms").create_key()["KeyMetadata"]["Arn"]
    name = unique("encrypted")
    encryption = {"EncryptionOption": "SSE_KMS", "KmsKey": key}
    result = {"OutputLocation": f"s3://{lake.results}/enc/", "EncryptionConfiguration": encryption}
    lake.athena.create_work_group(Name=name, Configuration={"ResultConfiguration": result})
    query_id = lake.athena.start_query_execution(QueryString="SELECT 1", WorkGroup=name)[
        "QueryExecutionId"
    ]
    assert lake.wait(query_id)["Status"]["State"] == "SUCCEEDED"
    head = lake.s3.head_object(Bucket=lake.results, Key=f"enc/{query_id}.csv")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", key)


def test_a_role_with_the_documented_permissions_may_query(lake, as_role):
    athena = as_role()
    ended = lake.run("SELECT count(*) FROM people", athena)
    assert ended["Status"]["State"] == "SUCCEEDED", ended["Status"]
    athena.get_query_results(QueryExecutionId=ended["QueryExecutionId"])


@pytest.mark.parametrize(
    "action",
    [
        "glue:GetDatabase",
        "glue:GetTable",
        "s3:ListBucket",
        "s3:GetObject",
        "s3:PutObject",
        "s3:GetBucketLocation",
    ],
)
def test_a_query_fails_without_each_permission_and_names_it(lake, as_role, action):
    athena = as_role(without=[action])
    status = lake.run("SELECT count(*) FROM people", athena)["Status"]
    assert status["State"] == "FAILED"
    assert action in status["StateChangeReason"]


def test_starting_a_query_needs_the_workgroup(lake, as_role):
    with pytest.raises(ClientError, match="athena:StartQueryExecution"):
        lake.run("SELECT 1", as_role(without=["athena:StartQueryExecution"]))


def test_a_role_scoped_to_its_workgroup_may_watch_its_own_queries_only(lake, as_role):
    own = f"arn:*:athena:*:*:workgroup/{lake.workgroup}"
    actions = ["athena:StartQueryExecution", "athena:GetQueryExecution"]
    scoped = {"Effect": "Allow", "Action": actions, "Resource": own}
    athena = as_role(without=actions, extra=[scoped])
    assert lake.run("SELECT 1", athena)["Status"]["State"] == "SUCCEEDED"
    with pytest.raises(ClientError, match="not authorized"):
        athena.start_query_execution(QueryString="SELECT 1", WorkGroup="primary")


def test_tables_made_by_a_query_are_in_the_catalog(lake):
    sql = (
        "CREATE TABLE copied WITH (format = 'PARQUET', partitioned_by = ARRAY['day']) "
        "AS SELECT name, day FROM people"
    )
    ended = lake.run(sql)
    assert ended["Status"]["State"] == "SUCCEEDED", ended["Status"]
    assert ended["Statistics"]["DataManifestLocation"].endswith("-manifest.csv")
    assert lake.rows("SELECT count(*) AS n FROM copied WHERE day = '2026-11-19'") == [["n"], ["2"]]
    lake.run("DROP TABLE copied")
    with pytest.raises(lake.glue.exceptions.EntityNotFoundException):
        lake.glue.get_table(DatabaseName=lake.database, Name="copied")


def test_a_result_location_that_belongs_to_another_account_is_refused(lake, unique):
    name = unique("owner")
    result = {"OutputLocation": f"s3://{lake.results}/o/", "ExpectedBucketOwner": "9" * 12}
    lake.athena.create_work_group(Name=name, Configuration={"ResultConfiguration": result})
    query_id = lake.athena.start_query_execution(QueryString="SELECT 1", WorkGroup=name)[
        "QueryExecutionId"
    ]
    assert lake.wait(query_id)["Status"]["StateChangeReason"].startswith(
        "Access denied when writing"
    )


def test_queries_run_beside_one_another(lake):
    started = [
        lake.athena.start_query_execution(
            QueryString="SELECT ? AS n, count(*) AS c FROM people WHERE day = '2026-11-19'",
            ExecutionParameters=[str(n)],
            WorkGroup=lake.workgroup,
            QueryExecutionContext={"Database": lake.database},
        )["QueryExecutionId"]
        for n in range(12)
    ]
    for n, query_id in enumerate(started):
        assert lake.wait(query_id)["Status"]["State"] == "SUCCEEDED"
        rows = lake.athena.get_query_results(QueryExecutionId=query_id)["ResultSet"]["Rows"]
        assert [v["VarCharValue"] for v in rows[1]["Data"]] == [str(n), "2"]


def test_a_request_token_starts_one_query(lake):
    token = "t" * 40
    ids = {
        lake.athena.start_query_execution(
            QueryString="SELECT 1", WorkGroup=lake.workgroup, ClientRequestToken=token
        )["QueryExecutionId"]
        for _ in range(2)
    }
    assert len(ids) == 1
