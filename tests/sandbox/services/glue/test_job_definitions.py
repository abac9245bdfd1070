"""What of a job's definition counts here, and what is refused by name."""

import sys
import time
from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import pytest

from sandbox.core import plugins
from sandbox.services.glue import (
    job_definitions,
    job_running,
    script_process,
    spark_properties,
)
from sandbox.services.glue.job_runs import JobRun, log_prefix

MODULES = "--additional-python-modules"
JOB = {
    "Name": "job",
    "Role": "role",
    "GlueVersion": "5.1",
    "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/s.py"},
}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"Command": {"Name": "pythonshell"}}, "no pythonshell"),
        ({"GlueVersion": "4.0"}, "GlueVersion is 4.0"),
        ({"JobRunQueuingEnabled": True}, "queues no job runs"),
        ({"Connections": {"Connections": ["c"]}}, "no connections"),
        ({"DefaultArguments": {"--extra-jars": "s3://b/a.jar"}}, "--extra-jars"),
        ({"DefaultArguments": {"--job-bookmark-option": "job-bookmark-enable"}}, "bookmark"),
        ({"DefaultArguments": {"--datalake-formats": "hudi"}}, "has iceberg only"),
        ({"DefaultArguments": {"--conf": "spark.driver.memory=9g"}}, "spark.driver.memory"),
        ({"NonOverridableArguments": {"--conf": "nonsense"}}, "want name=value"),
        ({"DefaultArguments": {MODULES: "duckdb==2.0.0"}}, "takes wheels in S3 only"),
        ({"DefaultArguments": {MODULES: "s3://b/duckdb-1.0-cp311-none-any.whl"}}, "which has 2"),
        ({"DefaultArguments": {MODULES: "s3://b/nobodys-1.0-py3-none-any.whl"}}, "does not have"),
        ({"DefaultArguments": {"--python-modules-installer-option": "--pre"}}, "has --no-index"),
    ],
)
def test_a_job_that_cannot_run_here_is_refused_by_name(change, said):
    assert said in str(job_definitions.refusal({**JOB, **change}))


def test_without_spark_a_job_is_refused_with_the_command_that_brings_it(monkeypatch):
    assert job_definitions.refusal(JOB) is None
    monkeypatch.setattr(plugins, "missing_of", lambda plugin: [*plugin.needs])
    monkeypatch.setattr(sys, "version_info", (3, 12))
    assert "pip install -r sandbox/groups/spark.txt" in str(job_definitions.refusal(JOB))
    monkeypatch.setattr(sys, "version_info", (3, 14))
    assert "run the sandbox on Python 3.12 or older" in str(job_definitions.refusal(JOB))


def test_a_wheel_of_what_is_installed_here_is_taken():
    here = version("duckdb")
    arguments = {
        MODULES: f"s3://b/duckdb-{here}-cp311-cp311-manylinux_2_28_x86_64.whl",
        "--python-modules-installer-option": "--no-index --no-deps",
    }
    assert job_definitions.refusal({**JOB, "DefaultArguments": arguments}) is None


def test_further_properties_stand_in_one_argument():
    assert spark_properties.asked_for("a.b=c=d --conf e=f ") == {"a.b": "c=d", "e": "f"}


@pytest.mark.parametrize(
    ("job", "arguments", "prefix"),
    [
        ({}, {}, "/aws-glue/jobs"),
        ({}, {"--custom-logGroup-prefix": "/lake"}, "/lake"),
        ({"SecurityConfiguration": "sec"}, {}, "/aws-glue/jobs"),
        (
            {"SecurityConfiguration": "sec", "EncryptsLogs": True},
            {},
            "/aws-glue/jobs/sec-role/role",
        ),
    ],
)
def test_log_groups_are_named_as_glue_names_them(job, arguments, prefix):
    run = JobRun({**JOB, **job}, arguments, {}, 1, {})
    assert log_prefix(run) == prefix


def test_a_run_that_takes_too_long_is_ended(monkeypatch, tmp_path):
    sleeping = (sys.executable, "-c", "import time; time.sleep(60)")
    monkeypatch.setattr(script_process, "INTERPRETER", sleeping)
    monkeypatch.setenv("GATEWAY_PORT", "1")
    soon: Any = 0.5 / 60
    run = JobRun(JOB, {}, {}, soon, {})
    order: dict[str, Any] = {
        "credentials": {},
        "python_files": [],
        "result": str(tmp_path / "none"),
        "used": str(tmp_path / "used"),
    }
    (tmp_path / "used").touch()  # as a script does that has asked for Spark
    spark: Any = SimpleNamespace(port=1, secret="")
    log: Any = SimpleNamespace(write=lambda line: None)
    began = time.monotonic()
    assert not job_running._supervise(run, spark, order, log)
    assert run.state == "TIMEOUT"
    assert time.monotonic() - began < 30


def test_a_template_makes_a_job_with_its_security_configuration(
    deploy, refusal, job_role, glue, sandbox, unique
):
    key = sandbox.client("kms").create_key()["KeyMetadata"]["Arn"]
    name = unique("security")
    encryption = {
        "S3Encryptions": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": key}],
        "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": key},
    }
    job = {
        "Role": job_role("s3:GetObject"),
        "GlueVersion": "5.1",
        "WorkerType": "G.1X",
        "NumberOfWorkers": 2,
        "Timeout": 10,
        "ExecutionClass": "FLEX",
        "ExecutionProperty": {"MaxConcurrentRuns": 3},
        "SecurityConfiguration": name,
        "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/s.py", "PythonVersion": "3"},
    }
    configured = {"Name": name, "EncryptionConfiguration": encryption}
    stack = deploy(
        Security=("AWS::Glue::SecurityConfiguration", configured), It=("AWS::Glue::Job", job)
    )
    kept = glue.get_job(JobName=stack.id())["Job"]
    assert kept["ExecutionProperty"] == {"MaxConcurrentRuns": 3}
    assert kept["ExecutionClass"] == "FLEX"
    found = glue.get_security_configuration(Name=name)["SecurityConfiguration"]
    assert found["EncryptionConfiguration"]["S3Encryption"][0]["KmsKeyArn"] == key
    assert "no pythonshell" in refusal(
        It=("AWS::Glue::Job", {**job, "Command": {"Name": "pythonshell"}})
    )
    stack.delete()
    assert name not in {
        each["Name"] for each in glue.get_security_configurations()["SecurityConfigurations"]
    }


def test_a_role_that_glue_cannot_assume_runs_no_job(job, job_role, glue, refused):
    name = job("print(1)", Role=job_role("s3:*", trusted="lambda.amazonaws.com"))
    code, message = refused(glue.start_job_run, JobName=name)
    assert code == "InvalidInputException"
    assert "assume role permissions" in message


def test_a_right_on_a_database_is_none_on_its_tables(allowed_to, glue, arn, unique, refused):
    database = unique("db").replace("-", "_")
    glue.create_database(DatabaseInput={"Name": database})
    glue.create_table(DatabaseName=database, TableInput={"Name": "t"})
    path = [arn("glue", "catalog"), arn("glue", f"database/{database}")]
    table = arn("glue", f"table/{database}/t")
    some = allowed_to("glue", "glue:GetTable", "glue:GetDatabase", on=path)
    assert some.get_database(Name=database)
    code, message = refused(some.get_table, DatabaseName=database, Name="t")
    assert code == "AccessDeniedException"
    assert table in message
    only = allowed_to("glue", "glue:GetTable", on=[table])
    assert refused(only.get_table, DatabaseName=database, Name="t")[0] == "AccessDeniedException"
    every = allowed_to("glue", "glue:GetTable", on=[*path, table])
    assert every.get_table(DatabaseName=database, Name="t")
