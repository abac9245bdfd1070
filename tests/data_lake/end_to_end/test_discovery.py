"""Files that nobody has described: dropped, looked at by the deployed crawler, and queried."""

import gzip
import time

import pytest

from testing.rights import Rights

# The managed policy of crawlers has them. Which crawl needs them, AWS does not say.
NOT_SEEN_HERE = {"glue:BatchGetPartition", "glue:BatchUpdatePartition"}


@pytest.fixture(scope="module")
def lake(deployed):
    wanted = {"data_lake.discovery": True, "data_lake.enhanced": False}
    lake = deployed(stage="prod", **wanted)
    yield lake
    lake.sandbox.destroy("DataLake", app=lake.app)  # others have another lake at this stage


@pytest.fixture(scope="module")
def drop(lake):
    def put(key, content):
        lake.s3.put_object(Bucket=lake.outputs["DropsBucketName"], Key=key, Body=content)

    return put


@pytest.fixture(scope="module")
def crawl(lake):
    """Have the crawler look; gives how it went."""
    glue, name = lake.sandbox.client("glue"), lake.outputs["CrawlerName"]

    def run():
        glue.start_crawler(Name=name)
        end = time.monotonic() + 60
        while (crawler := glue.get_crawler(Name=name)["Crawler"])["State"] != "READY":
            assert time.monotonic() < end, crawler
            time.sleep(0.05)
        return crawler["LastCrawl"]

    return run


@pytest.fixture
def all_that_it_does(lake, drop, crawl):
    """Have it make tables and partitions, change one and find one gone; tells whether it did."""
    glue, database = lake.sandbox.client("glue"), lake.outputs["DropsDatabaseName"]
    logs = lake.sandbox.client("logs")

    def run():
        for table in glue.get_tables(DatabaseName=database)["TableList"]:
            glue.delete_table(DatabaseName=database, Name=table["Name"])
        drop("sensors/day=01/a.csv", b"id,heat\n1,20.5\n2,21.0\n")
        drop("gone/a.jsonl", b'{"id": 1}\n')
        first = crawl()
        drop("sensors/day=02/b.csv", b"id,heat,battery\n3,19.5,77\n")
        bucket = lake.outputs["DropsBucketName"]
        lake.s3.delete_object(Bucket=bucket, Key="gone/a.jsonl")
        second = crawl()
        lake.s3.delete_object(Bucket=bucket, Key="sensors/day=02/b.csv")
        asked = {"logGroupName": second["LogGroup"], "logStreamName": second["LogStream"]}
        try:
            told = logs.get_log_events(**asked)["events"]
        except logs.exceptions.ResourceNotFoundException:
            told = []
        begun = [each for each in told if second["MessagePrefix"] in each["message"]]
        return begun and {first["Status"], second["Status"]} == {"SUCCEEDED"}

    return run


def test_what_was_dropped_can_be_asked_for(lake, drop, crawl):
    drop("tills/a.csv", b"receipt,amount\nr1,9.50\nr2,3.25\n")
    drop("gates/day=01/a.json.gz", gzip.compress(b'{"gate": "north", "count": 3}\n'))
    drop("gates/day=02/a.json.gz", gzip.compress(b'{"gate": "south", "count": 4}\n'))
    last = crawl()
    assert last["Status"] == "SUCCEEDED", last
    database = lake.outputs["DropsDatabaseName"]
    (tills,) = lake.ask(f"SELECT count(*) AS n, sum(amount) AS amount FROM {database}.tills")
    assert (int(tills["n"]), float(tills["amount"])) == (2, 12.75)
    (gates,) = lake.ask(f"SELECT sum(count) AS n FROM {database}.gates WHERE day = '02'")
    assert int(gates["n"]) == 4


def test_the_lake_is_left_alone(lake, drop, crawl):
    """Drops are no records: no file is modeled, and no table of the lake is touched."""
    glue = lake.sandbox.client("glue")
    drop("retail_visits/a.csv", b"visit_id,store\nv-1,harbour\n")
    before = glue.get_tables(DatabaseName=lake.outputs["DatabaseName"])["TableList"]
    crawl()
    lake.settle()
    assert glue.get_tables(DatabaseName=lake.outputs["DatabaseName"])["TableList"] == before
    assert lake.ask("SELECT * FROM loads") == []


def test_whichever_right_of_the_crawler_is_taken_away_something_says_so(
    lake, all_that_it_does, subtests
):
    rights = Rights(lake.sandbox, "DataLake-prod")
    found = [r for r in rights.of("CatalogDiscovery") if r.action not in NOT_SEEN_HERE]
    assert len(found) >= 15
    assert all_that_it_does()
    for right in found:
        with subtests.test(action=right.action, on=right.on), rights.without(right):
            assert not all_that_it_does()
    assert all_that_it_does()
