"""What was modeled from the generator's files passes the rules, and each broken row is seen."""

from datetime import UTC, datetime, timedelta

import duckdb
import pytest

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import PURCHASES, csv_lines, json_lines
from fixtures.retail.visits import visits
from sandbox.services.glue.data_quality.evaluation import evaluate
from sandbox.services.glue.data_quality.parser import parse
from sandbox.services.glue.data_quality.tables import Table
from stacks.data_lake.datasets import datasets, table_of
from stacks.data_lake.quality_rules import enhanced_rules
from stacks.data_lake.settings import DataLake
from stacks.settings import load_settings

NOW = datetime(2026, 11, 29, 20, tzinfo=UTC)
SETTINGS = load_settings().of(DataLake)
RULES = {table_of(each): [*enhanced_rules(each, SETTINGS)] for each in datasets()}
VISITS = "retail_visits_enhanced"


@pytest.fixture
def failing(model):
    """Model what the generator makes, put changes to it, and tell the rules that fail."""

    def failed(table, *changes, now=NOW):
        made = list(visits(400, NOW - timedelta(days=1), seed=11))
        if table == VISITS:
            lines = json_lines(Delivery(each.visit) for each in made)
            found = model("retail_visits/a.jsonl", b"".join(lines))
        else:
            bought = (Delivery(each.purchase) for each in made if each.purchase)
            lines = csv_lines(bought, PURCHASES, delimiter=";", encoding="windows-1252")
            found = model("retail_purchases/a.csv", b"".join(lines))
        with duckdb.connect() as con:
            con.execute("SET TimeZone = 'UTC'")
            parts = [str(path) for path in found.outcome.parts.values()]
            con.execute(
                'CREATE TABLE "primary" AS FROM read_parquet($1, hive_partitioning = false)',
                [parts],
            )
            for change in changes:
                con.execute(change)
            rules = parse("Rules = [" + ",".join(RULES[table]) + "]")
            outcomes = [evaluate(rule, Table(con, now)) for rule in rules]
        return [
            text
            for text, outcome in zip(RULES[table], outcomes, strict=True)
            if outcome.result != "PASS"
        ]

    return failed


@pytest.mark.parametrize("table", RULES)
def test_good_rows_pass_every_rule(failing, table):
    assert failing(table) == []


@pytest.mark.parametrize(
    ("change", "about"),
    [
        ('DELETE FROM "primary" WHERE rowid > 0', []),
        ('DELETE FROM "primary"', ["RowCount > 0", "datediff"]),
        ('INSERT INTO "primary" (FROM "primary" LIMIT 1)', ['IsPrimaryKey "visit_id"']),
        ('UPDATE "primary" SET seconds = 0 WHERE rowid = 7', ['ColumnValues "seconds" >= 1']),
        (
            'UPDATE "primary" SET store = NULL WHERE rowid = 7',
            ['IsComplete "store"', 'ColumnLength "store" >= 1'],
        ),
        ("UPDATE \"primary\" SET age_band = 'old' WHERE rowid = 7", ['in ["child"']),
        ('UPDATE "primary" SET temperature = 61 WHERE rowid = 7', ['"temperature" <= 60']),
        ('UPDATE "primary" SET temperature = NULL', []),
        ('UPDATE "primary" SET arrived_at = arrived_at - INTERVAL 9 DAY', ["datediff"]),
        (
            'UPDATE "primary" SET entered_at = entered_at + INTERVAL 4 DAY WHERE rowid = 7',
            ['"entered_at" <= (now()'],
        ),
    ],
)
def test_a_broken_row_fails_the_rule_that_is_about_it(failing, change, about):
    found = failing(VISITS, change)
    assert all(any(words in rule for rule in found) for words in about)
    assert about[:1] == ["RowCount > 0"] or len(found) == len(about)


def test_a_table_that_nobody_fills_any_longer_is_not_fresh(failing):
    (rule,) = failing(VISITS, now=NOW + timedelta(days=SETTINGS.fresh_days + 1))
    assert "datediff" in rule
