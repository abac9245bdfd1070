"""Runs in the sandbox: as the role that is passed, and never a pass that was not earned."""

import json

import duckdb
import pytest

PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
ASSETS = "aws-glue-ml-data-quality-assets-us-east-1"


@pytest.fixture(scope="session")
def bucket(sandbox):
    name = "quality-tables"
    sandbox.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def glue(contract):
    return contract("glue")


@pytest.fixture
def table(sandbox, glue, bucket, unique, tmp_path):
    """Put rows as Parquet, and make a table of them; gives its data source."""

    def make(sql="SELECT range AS id, range % 2 = 0 AS even FROM range(10)"):
        database = unique("quality").replace("-", "_")
        path = tmp_path / "rows.parquet"
        duckdb.sql(f"COPY ({sql}) TO '{path}' (FORMAT parquet)")
        sandbox.client("s3").put_object(
            Bucket=bucket, Key=f"{database}/t/rows.parquet", Body=path.read_bytes()
        )
        glue.create_database(DatabaseInput={"Name": database})
        glue.create_table(
            DatabaseName=database,
            TableInput={
                "Name": "t",
                "TableType": "EXTERNAL_TABLE",
                "StorageDescriptor": {
                    "Columns": [
                        {"Name": "id", "Type": "bigint"},
                        {"Name": "even", "Type": "boolean"},
                    ],
                    "Location": f"s3://{bucket}/{database}/t/",
                    "SerdeInfo": {"SerializationLibrary": f"{PARQUET}.serde.ParquetHiveSerDe"},
                },
            },
        )
        return {"GlueTable": {"DatabaseName": database, "TableName": "t"}}

    return make


@pytest.fixture
def ruleset(glue, unique):
    def make(rules):
        name = unique("rules")
        glue.create_data_quality_ruleset(Name=name, Ruleset=f"Rules = [ {rules} ]")
        return name

    return make


@pytest.fixture
def role(sandbox, unique, arn, bucket):
    """Make a role with all that a run needs, but for what is left out."""

    def make(*left_out, trusted="glue.amazonaws.com"):
        needed = {
            "glue:GetDataQualityRuleset": arn("glue", "dataQualityRuleset/*"),
            "glue:GetDataQualityRulesetEvaluationRun": arn("glue", "dataQualityRuleset/*"),
            "glue:PublishDataQuality": arn("glue", "dataQualityRuleset/*"),
            "glue:GetDatabase": "*",
            "glue:GetTable": "*",
            "s3:ListBucket": arn("s3", bucket),
            "s3:GetObject": [arn("s3", f"{bucket}/*"), arn("s3", f"{ASSETS}/*")],
        }
        rights = [
            {"Effect": "Allow", "Action": action, "Resource": on}
            for action, on in needed.items()
            if action not in left_out
        ]
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": trusted},
            "Action": "sts:AssumeRole",
        }
        iam, name = sandbox.client("iam"), unique("quality-role")
        documents = [
            json.dumps({"Version": "2012-10-17", "Statement": each}) for each in (trust, rights)
        ]
        made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=documents[0])["Role"]
        iam.put_role_policy(RoleName=name, PolicyName="rights", PolicyDocument=documents[1])
        return made["Arn"]

    return make


@pytest.fixture
def ended(glue, eventually):
    def wait(run_id):
        def look():
            run = glue.get_data_quality_ruleset_evaluation_run(RunId=run_id)
            return run if run["Status"] in ("SUCCEEDED", "FAILED", "STOPPED") else None

        return eventually(look)

    return wait


@pytest.fixture
def run(glue, ended):
    def start(source, role, *rulesets, **more):
        started = glue.start_data_quality_ruleset_evaluation_run(
            DataSource=source, Role=role, RulesetNames=list(rulesets), **more
        )
        return ended(started["RunId"])

    return start


def test_a_run_says_of_each_rule_what_it_measured(glue, table, ruleset, role, run):
    source = table()
    name = ruleset('IsPrimaryKey "id", RowCount > 100, ColumnValues "even" in ["true"]')
    other = ruleset("RowCount = 10")
    found = run(source, role(), name, other)
    assert found["Status"] == "SUCCEEDED"
    first, second = (
        glue.get_data_quality_result(ResultId=result_id) for result_id in found["ResultIds"]
    )
    assert (first["RulesetName"], second["RulesetName"]) == (name, other)
    assert first["RulesetEvaluationRunId"] == found["RunId"]
    assert (round(first["Score"], 2), second["Score"]) == (0.33, 1.0)
    assert [(each["Name"], each["Result"]) for each in first["RuleResults"]] == [
        ("Rule_1", "PASS"),
        ("Rule_2", "FAIL"),
        ("Rule_3", "FAIL"),
    ]
    assert first["RuleResults"][1]["EvaluationMessage"].startswith("Value: 10.0 does not meet")
    assert first["RuleResults"][2]["EvaluatedMetrics"] == {
        "Column.even.ColumnValues.Compliance": 0.5
    }


@pytest.mark.parametrize(
    "left_out",
    [
        "glue:GetDataQualityRuleset",
        "glue:GetDataQualityRulesetEvaluationRun",
        "glue:PublishDataQuality",
        "glue:GetDatabase",
        "glue:GetTable",
        "s3:ListBucket",
        "s3:GetObject",
    ],
)
def test_a_run_whose_role_may_not_do_all_of_it_fails_and_has_no_result(
    table, ruleset, role, run, left_out
):
    found = run(table(), role(left_out), ruleset("RowCount > 0"))
    assert found["Status"] == "FAILED"
    assert left_out in found["ErrorString"] or "Access denied" in found["ErrorString"]
    assert "ResultIds" not in found


def test_a_run_on_a_table_that_is_not_there_fails(table, ruleset, role, run):
    source = table()
    source["GlueTable"]["TableName"] = "gone"
    found = run(source, role(), ruleset("RowCount >= 0"))
    assert found["Status"] == "FAILED"
    assert "gone" in found["ErrorString"]


def test_a_run_on_a_file_that_is_not_what_the_catalog_says_fails(
    sandbox, table, ruleset, role, run, bucket
):
    source = table()
    key = f"{source['GlueTable']['DatabaseName']}/t/rows.parquet"
    sandbox.client("s3").put_object(Bucket=bucket, Key=key, Body=b"no parquet")
    found = run(source, role(), ruleset("RowCount >= 0"))
    assert found["Status"] == "FAILED"
    assert "Parquet" in found["ErrorString"]


def test_who_starts_a_run_has_to_pass_its_role(allowed_to, table, ruleset, role, arn, refused):
    source, name, passed = table(), ruleset("RowCount > 0"), role()
    start, pass_role = "glue:StartDataQualityRulesetEvaluationRun", "iam:PassRole"
    given = {"DataSource": source, "Role": passed, "RulesetNames": [name]}
    some = allowed_to("glue", start)
    code, message = refused(some.start_data_quality_ruleset_evaluation_run, **given)
    assert code == "AccessDeniedException"
    assert pass_role in message
    every = allowed_to("glue", start, pass_role)
    assert every.start_data_quality_ruleset_evaluation_run(**given)["RunId"]


def test_a_right_on_one_ruleset_is_none_on_another(allowed_to, table, ruleset, role, arn, refused):
    mine, other, passed = ruleset("RowCount > 0"), ruleset("RowCount > 0"), role()
    only = [arn("glue", f"dataQualityRuleset/{mine}"), passed]
    some = allowed_to("glue", "glue:StartDataQualityRulesetEvaluationRun", "iam:PassRole", on=only)
    given = {"DataSource": table(), "Role": passed}
    start = some.start_data_quality_ruleset_evaluation_run
    assert start(**given, RulesetNames=[mine])
    assert refused(start, **given, RulesetNames=[mine, other])[0] == "AccessDeniedException"


def test_a_role_that_glue_cannot_assume_runs_nothing(glue, table, ruleset, role, refused):
    code, message = refused(
        glue.start_data_quality_ruleset_evaluation_run,
        DataSource=table(),
        Role=role(trusted="lambda.amazonaws.com"),
        RulesetNames=[ruleset("RowCount > 0")],
    )
    assert code == "InvalidInputException"
    assert "assume role" in message


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"AdditionalRunOptions": {"CloudWatchMetricsEnabled": True}}, "CloudWatchMetricsEnabled"),
        ({"AdditionalRunOptions": {"CompositeRuleEvaluationMethod": "ROW"}}, "ROW"),
        ({"AdditionalDataSources": {"b": {}}}, "AdditionalDataSources"),
        ({"DataSource": {}}, "evaluates a GlueTable"),
    ],
)
def test_what_a_run_cannot_do_here_is_refused_by_name(
    glue, table, ruleset, role, refused, change, said
):
    given = {"DataSource": table(), "Role": role(), "RulesetNames": [ruleset("RowCount > 0")]}
    start = glue.start_data_quality_ruleset_evaluation_run
    code, message = refused(start, **given | change)
    assert code == "InvalidInputException"
    assert said in message


def test_a_token_starts_one_run(glue, table, ruleset, role, unique):
    given = {"DataSource": table(), "Role": role(), "RulesetNames": [ruleset("RowCount > 0")]}
    start, token = glue.start_data_quality_ruleset_evaluation_run, unique("token")
    assert start(**given, ClientToken=token)["RunId"] == start(**given, ClientToken=token)["RunId"]


def test_a_run_can_be_cancelled_and_then_has_no_result(glue, table, ruleset, role, ended, refused):
    slow = "select count(*) from primary a cross join primary b where a.id % 7 = b.id % 5"
    source = table("SELECT range AS id, true AS even FROM range(300000)")
    started = glue.start_data_quality_ruleset_evaluation_run(
        DataSource=source, Role=role(), RulesetNames=[ruleset(f'CustomSql "{slow}" > 0')]
    )
    glue.cancel_data_quality_ruleset_evaluation_run(RunId=started["RunId"])
    found = ended(started["RunId"])
    assert found["Status"] == "STOPPED"
    assert "ResultIds" not in found
    again = refused(glue.cancel_data_quality_ruleset_evaluation_run, RunId=started["RunId"])
    assert again[0] == "InvalidInputException"


def test_lists_come_in_pages_the_newest_first(glue, table, ruleset, role, run):
    source, name, passed = table(), ruleset("RowCount > 0"), role()
    runs = [run(source, passed, name)["RunId"] for _ in range(3)]
    wanted = {"DataSource": source}
    page = glue.list_data_quality_ruleset_evaluation_runs(Filter=wanted, MaxResults=2)
    rest = glue.list_data_quality_ruleset_evaluation_runs(
        Filter=wanted, MaxResults=2, NextToken=page["NextToken"]
    )
    assert [each["RunId"] for each in (*page["Runs"], *rest["Runs"])] == runs[::-1]
    assert "NextToken" not in rest
    results = glue.list_data_quality_results(Filter=wanted)["Results"]
    assert len(results) == 3
    later = {**wanted, "StartedAfter": results[0]["StartedOn"].timestamp() + 60}
    assert glue.list_data_quality_results(Filter=later)["Results"] == []


def test_a_ruleset_is_made_changed_listed_and_deleted_by_api(glue, unique, refused):
    name, target = unique("rules"), {"DatabaseName": "d", "TableName": unique("t")}
    given = {"Name": name, "Ruleset": "Rules = [ RowCount > 0 ]", "TargetTable": target}
    glue.create_data_quality_ruleset(**given, Description="first")
    assert refused(glue.create_data_quality_ruleset, **given)[0] == "AlreadyExistsException"
    two = "Rules = [ RowCount > 0, ColumnCount = 2 ]"
    glue.update_data_quality_ruleset(Name=name, Ruleset=two)
    found = glue.get_data_quality_ruleset(Name=name)
    assert (found["Ruleset"], found["Description"]) == (two, "first")
    (listed,) = glue.list_data_quality_rulesets(Filter={"TargetTable": target})["Rulesets"]
    assert (listed["Name"], listed["RuleCount"]) == (name, 2)
    code, message = refused(
        glue.update_data_quality_ruleset, Name=name, Ruleset="Rules = [\n Nonsense ]"
    )
    assert code == "InvalidInputException"
    assert "line 2: the sandbox has no rule type Nonsense" in message
    glue.delete_data_quality_ruleset(Name=name)
    assert refused(glue.get_data_quality_ruleset, Name=name)[0] == "EntityNotFoundException"


def test_a_template_makes_rulesets_and_is_refused_with_one_that_cannot_be_read(
    deploy, refusal, glue, unique, refused
):
    name = unique("rules")
    properties = {
        "Name": name,
        "Ruleset": "Rules = [ RowCount > 0 ]",
        "TargetTable": {"DatabaseName": "d", "TableName": "t"},
    }
    stack = deploy(It=("AWS::Glue::DataQualityRuleset", properties))
    assert stack.id() == name
    assert glue.get_data_quality_ruleset(Name=name)["TargetTable"]["TableName"] == "t"
    wrong = {**properties, "Name": unique("rules"), "Ruleset": "Rules = [ RowCount ~ 0 ]"}
    assert "unexpected '~'" in refusal(It=("AWS::Glue::DataQualityRuleset", wrong))
    stack.delete()
    assert refused(glue.get_data_quality_ruleset, Name=name)[0] == "EntityNotFoundException"


def test_a_machine_starts_a_run_and_reads_its_result(run_task, table, ruleset, role, ended, arn):
    given = {"DataSource": table(), "Role": role(), "RulesetNames": [ruleset("RowCount > 0")]}
    status, started = run_task(
        "glue:startDataQualityRulesetEvaluationRun",
        given,
        "glue:StartDataQualityRulesetEvaluationRun",
        "iam:PassRole",
    )
    assert status == "SUCCEEDED"
    (result_id,) = ended(started["RunId"])["ResultIds"]
    status, result = run_task(
        "glue:getDataQualityResult", {"ResultId": result_id}, "glue:GetDataQualityResult"
    )
    assert (status, result["RuleResults"][0]["Result"]) == ("SUCCEEDED", "PASS")
    error, cause = run_task("glue:getDataQualityResult", {"ResultId": result_id}, "glue:GetTable")
    assert "not authorized" in f"{error} {cause}"
