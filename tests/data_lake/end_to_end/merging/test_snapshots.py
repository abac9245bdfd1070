"""What Spark merges, Athena reads: as it is, as it was, and what changed in between."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits

NOW = datetime.now(UTC)
TABLE = "retail_visits_enhanced"


def drop(lake, name, sent):
    content = b"".join(csv_lines([Delivery(record) for record in sent], list(VISITS)))
    lake.drop(f"retail_visits/snapshots/{name}.csv", content)
    lake.settle()


def rows(lake, version=""):
    """Read the table, or a version of it: how often an id is there, and its seconds."""
    found = lake.ask(f"SELECT visit_id, seconds FROM {TABLE} {version}")
    counted = Counter(row["visit_id"] for row in found)
    assert set(counted.values()) <= {1}
    return {row["visit_id"]: int(row["seconds"]) for row in found}


@pytest.fixture(scope="module")
def merged(lake):
    """Merge twice: some visits, then others and a correction of one; gives both snapshots."""
    some = [each.visit for each in visits(60, NOW, seed=93)]
    some[1] = {**some[1], "entered_at": f"{NOW - timedelta(days=4):%Y-%m-%dT12:00:00Z}"}
    drop(lake, "first", some[:40])
    first = lake.merge(dataset="retail_visits")["retail_visits"]["snapshot"]
    before = rows(lake)
    corrected = {**some[0], "seconds": 41_000}
    drop(lake, "second", [*some[40:], corrected])
    second = lake.merge(dataset="retail_visits")["retail_visits"]["snapshot"]
    return lake, some, (first, before), second


def test_now_and_an_earlier_snapshot_are_what_was_merged_by_then(merged):
    lake, some, (first, before), second = merged
    assert {visit["visit_id"]: visit["seconds"] for visit in some[:40]}.items() <= before.items()
    assert rows(lake, f"FOR VERSION AS OF {first}") == before

    after = {v["visit_id"]: v["seconds"] for v in some} | {some[0]["visit_id"]: 41_000}
    assert rows(lake) == before | after
    assert rows(lake, f"FOR VERSION AS OF {second}") == before | after
    assert rows(lake, "FOR TIMESTAMP AS OF now()") == before | after
    listed = lake.ask(f'SELECT snapshot_id FROM "{TABLE}$snapshots" ORDER BY committed_at')
    assert [int(row["snapshot_id"]) for row in listed][-2:] == [first, second]


def test_a_day_of_the_table_is_read_and_no_other(merged):
    lake, some, *_ = merged
    day = some[1]["entered_at"][:10]
    whole = f"SELECT sum(seconds) AS n, min(entered_at) AS first FROM {TABLE}"
    of_day = f"{whole} WHERE entered_at < TIMESTAMP '{day} 23:59:59 UTC'"
    scanned = [scan(lake, sql) for sql in (of_day, whole, f"SELECT * FROM {TABLE}")]
    assert 0 < scanned[0] < scanned[1] < scanned[2]


def scan(lake, sql):
    """Ask, and tell how many bytes were read for it."""
    athena = lake.athena
    lake.ask(sql)
    given = {"WorkGroup": lake.outputs["WorkgroupName"], "MaxResults": 1}
    (query,) = athena.list_query_executions(**given)["QueryExecutionIds"]
    execution = athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
    return execution["Statistics"]["DataScannedInBytes"]


def test_the_saved_queries_about_snapshots_answer(merged):
    lake, *_ = merged
    names = lake.athena.list_named_queries(WorkGroup=lake.outputs["WorkgroupName"])
    found = lake.athena.batch_get_named_query(NamedQueryIds=names["NamedQueryIds"])
    texts = {query["Name"]: query["QueryString"] for query in found["NamedQueries"]}
    queries = {name: sql for name, sql in texts.items() if "_enhanced" in sql}
    assert len(queries) == 4
    # A day ago there was no table: they are asked about a moment ago.
    for sql in queries.values():
        lake.ask(sql.replace("INTERVAL '1' DAY", "INTERVAL '0' SECOND"))
    with pytest.raises(RuntimeError, match="No version history table"):
        lake.ask(queries["visits_as_of_yesterday"])


def test_only_a_tables_first_metadata_is_written_by_who_deploys_it(merged, administrator):
    lake, *_ = merged
    bucket = lake.outputs["EnhancedBucketName"]
    first = "retail_visits/metadata/00000-a.metadata.json"
    administrator.put_object(Bucket=bucket, Key=first, Body=b"{}")
    for key in ("retail_visits/metadata/00001-a.metadata.json", "retail_visits/data/a.parquet"):
        with pytest.raises(ClientError, match="AccessDenied"):
            administrator.put_object(Bucket=bucket, Key=key, Body=b"")


def test_the_optimizers_stand_by_and_are_not_said_to_have_run(merged):
    lake, *_ = merged
    glue, account = lake.sandbox.client("glue"), "000000000000"
    for kind in ("compaction", "retention", "orphan_file_deletion"):
        place = {"CatalogId": account, "DatabaseName": lake.outputs["DatabaseName"]}
        found = glue.get_table_optimizer(**place, TableName=TABLE, Type=kind)["TableOptimizer"]
        assert found["configuration"]["enabled"]
        assert "lastRun" not in found
