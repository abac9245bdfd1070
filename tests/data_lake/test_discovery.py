"""The crawler of the lake: only where it is wanted, and only over what nobody has described."""

import json

import pytest

from stacks.data_lake.settings import DataLake
from stacks.settings import load_settings
from testing.templates import of_type, statements

WANTED = {"data_lake.discovery": True}


@pytest.fixture
def found(variant):
    """Read the lake's template with a crawler in it, and with these settings."""
    return lambda **more: variant("DataLake", overrides={**WANTED, **more})


def test_nobody_has_it_who_did_not_ask(template):
    assert not of_type(template("DataLake"), "AWS::Glue::Crawler")
    assert not [name for name in template("DataLake")["Resources"] if "Discovery" in name]


def test_it_looks_at_its_own_bucket_and_writes_to_its_own_database(found):
    resources = found()["Resources"]
    (crawler,) = of_type(found(), "AWS::Glue::Crawler").values()
    (target,) = crawler["Targets"]["S3Targets"]
    assert "CatalogDiscoveryDrops" in json.dumps(target["Path"])
    assert "Exclusions" not in target
    database = resources[crawler["DatabaseName"]["Ref"]]["Properties"]["DatabaseInput"]["Name"]
    assert database == "datalake_drops"
    assert "Schedule" not in crawler
    configurations = of_type(found(), "AWS::Glue::SecurityConfiguration").values()
    assert crawler["CrawlerSecurityConfiguration"] in {each["Name"] for each in configurations}


def test_its_role_reaches_no_zone_of_the_lake(found):
    for statement in statements(found(), role="CatalogDiscoveryRole"):
        said = json.dumps(statement)
        assert "*" not in (statement["Action"], statement["Resource"])
        assert ":s3:::" not in said
        if "s3:" in json.dumps(statement["Action"]):
            assert "CatalogDiscoveryDrops" in json.dumps(statement["Resource"])
        if "database/" in said:
            assert "database/datalake_drops" in said


def test_it_looks_by_itself_when_told_so(found):
    when = "cron(0 3 * * ? *)"
    (crawler,) = of_type(
        found(**{"data_lake.discovery_schedule": when}), "AWS::Glue::Crawler"
    ).values()
    assert crawler["Schedule"] == {"ScheduleExpression": when}


@pytest.mark.parametrize("schedule", ["rate(1 day)", "daily", "cron()"])
def test_a_schedule_that_a_crawler_has_not_is_refused(schedule):
    with pytest.raises(ValueError, match="discovery_schedule"):
        load_settings(None, {"data_lake.discovery_schedule": schedule}).of(DataLake)
