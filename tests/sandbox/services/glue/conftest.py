"""Jobs of a few lines in the running sandbox, each with a role that may do what it says."""

import json
import sys
import time

import pytest

# Spark 3.5 is not for newer Pythons.
collect_ignore_glob = ["test_job*.py"] if sys.version_info >= (3, 13) else []

SECONDS = 240  # the first run starts Java, on a machine that may be busy
ICEBERG = {
    "--datalake-formats": "iceberg",
    "--conf": " --conf ".join(
        [
            "spark.sql.extensions=org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions",
            "spark.sql.catalog.glue_catalog=org.apache.iceberg.spark.SparkCatalog",
            "spark.sql.catalog.glue_catalog.type=glue",
            "spark.sql.catalog.glue_catalog.io-impl=org.apache.iceberg.aws.s3.S3FileIO",
        ]
    ),
}


@pytest.fixture(scope="session")
def glue(sandbox):
    return sandbox.client("glue")


@pytest.fixture(scope="session")
def bucket(sandbox):
    name = "spark-jobs"
    sandbox.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def job_role(sandbox, unique):
    """Make a role that Glue may assume, with these rights."""

    def make(*actions, on="*", trusted="glue.amazonaws.com"):
        iam, name = sandbox.client("iam"), unique("job-role")
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": trusted},
            "Action": "sts:AssumeRole",
        }
        rights = {"Effect": "Allow", "Action": list(actions), "Resource": on}
        documents = [
            json.dumps({"Version": "2012-10-17", "Statement": each}) for each in (trust, rights)
        ]
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=documents[0])["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=documents[1])
        return role["Arn"]

    return make


@pytest.fixture
def job(sandbox, glue, bucket, job_role, unique):
    """Make a job of a script; gives its name."""
    names = []

    def make(script, *actions, on="*", arguments=None, **more):
        name = unique("job")
        sandbox.client("s3").put_object(
            Bucket=bucket, Key=f"scripts/{name}.py", Body=script.encode()
        )
        rights = actions or ("s3:*", "glue:*", "logs:*")
        defaults = {
            "Role": job_role(*rights, on=on),
            "GlueVersion": "5.1",
            "WorkerType": "G.1X",
            "NumberOfWorkers": 2,
        }
        glue.create_job(
            Name=name,
            Command={
                "Name": "glueetl",
                "ScriptLocation": f"s3://{bucket}/scripts/{name}.py",
                "PythonVersion": "3",
            },
            DefaultArguments=arguments or {},
            **{**defaults, **more},
        )
        names.append(name)
        return name

    yield make
    for name in names:
        glue.delete_job(JobName=name)


@pytest.fixture
def ended(glue):
    """Wait until a run is over; gives it."""

    def wait(name, run_id):
        until = time.monotonic() + SECONDS
        while True:
            run = glue.get_job_run(JobName=name, RunId=run_id)["JobRun"]
            if run["JobRunState"] in ("SUCCEEDED", "FAILED", "STOPPED", "TIMEOUT"):
                return run
            assert time.monotonic() < until, run
            time.sleep(0.1)

    return wait


@pytest.fixture
def run(glue, ended):
    """Run a job to its end; gives the run."""

    def start(name, **arguments):
        given = {f"--{key}": value for key, value in arguments.items()}
        return ended(name, glue.start_job_run(JobName=name, Arguments=given)["JobRunId"])

    return start


@pytest.fixture
def printed(sandbox):
    """Read what a run printed."""

    def read(run_, group="/aws-glue/jobs/output"):
        found = sandbox.client("logs").get_log_events(
            logGroupName=group, logStreamName=f"{run_['Id']}-driver"
        )
        return [event["message"] for event in found["events"]]

    return read


@pytest.fixture(scope="session")
def iceberg():
    """Give the arguments of a job with Iceberg tables."""
    return ICEBERG


@pytest.fixture
def lake(sandbox, glue, unique):
    """Make a database, and a bucket of the same name."""
    name = unique("lake").lower().replace("-", "")
    sandbox.client("s3").create_bucket(Bucket=name)
    glue.create_database(DatabaseInput={"Name": name})
    return name


@pytest.fixture
def asked(sandbox, lake):
    """Ask Athena, as somebody: rows of texts, without the header."""

    def ask(sql, athena=None):
        athena = athena or sandbox.client("athena")
        given = {"QueryString": sql, "QueryExecutionContext": {"Database": lake}}
        given["ResultConfiguration"] = {"OutputLocation": f"s3://{lake}/results/"}
        query = athena.start_query_execution(**given)["QueryExecutionId"]
        while True:
            status = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]["Status"]
            if status["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"):
                break
            time.sleep(0.05)
        assert status["State"] == "SUCCEEDED", status["StateChangeReason"]
        rows = athena.get_query_results(QueryExecutionId=query)["ResultSet"]["Rows"]
        return [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows[1:]]

    return ask


@pytest.fixture
def caller(sandbox, unique):
    """Make somebody who may do these things and no others; gives a client of a service."""

    def make(service, *actions):
        iam, sts, name = sandbox.client("iam"), sandbox.client("sts"), unique("caller")
        root = {"AWS": sts.get_caller_identity()["Arn"]}
        trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
        rights = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        documents = [
            json.dumps({"Version": "2012-10-17", "Statement": each}) for each in (trust, rights)
        ]
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=documents[0])["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=documents[1])
        keys = sts.assume_role(RoleArn=role["Arn"], RoleSessionName=name)["Credentials"]
        return sandbox.client(
            service,
            credentials={
                "aws_access_key_id": keys["AccessKeyId"],
                "aws_secret_access_key": keys["SecretAccessKey"],
                "aws_session_token": keys["SessionToken"],
            },
        )

    return make
