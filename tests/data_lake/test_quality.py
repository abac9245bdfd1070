"""What the rulesets say, and that the states about them refuse whatever is not known to be good."""

import json
import re

import pytest

from data_lake.training_table import COLUMNS
from sandbox.services.glue.data_quality.parser import parse
from stacks.data_lake.contracts import offers
from stacks.data_lake.datasets import datasets, table_of
from stacks.data_lake.quality_rules import FILLED, enhanced_rules, ruleset, training_rules
from stacks.data_lake.settings import DataLake
from stacks.data_lake.stages.failures import CATCH_ALL, RUNS, record_failure
from stacks.data_lake.stages.quality import check_quality, check_seconds
from stacks.settings import load_settings
from testing.oracles import verdicts
from testing.templates import of_type, statements

SETTINGS = load_settings().of(DataLake)
RULES = {
    **{table_of(each): [*enhanced_rules(each, SETTINGS)] for each in datasets()},
    "training_set": [*training_rules(SETTINGS)],
}
STATES = check_quality("training_set", workers=2, minutes=60, catch_all=CATCH_ALL)("Done")


@pytest.mark.golden
def test_the_rules_are_the_reviewed_ones(snapshot_json):
    assert snapshot_json == RULES


@pytest.mark.parametrize("table", RULES)
def test_a_ruleset_can_be_read(table):
    assert len(parse(ruleset(iter(RULES[table])))) == len(RULES[table])


@pytest.mark.parametrize("dataset", datasets(), ids=lambda dataset: dataset.name)
def test_a_table_is_held_to_all_that_its_contract_says(dataset):
    said = "\n".join(RULES[table_of(dataset)])
    assert f"IsPrimaryKey {' '.join(map(json.dumps, dataset.key))}" in said
    for column, contract in dataset.contract.items():
        assert (f'IsComplete "{column}"' in said) is (
            column in dataset.required and column not in dataset.key
        )
        for keyword, expected in (
            ("enum", f'ColumnValues "{column}" in ['),
            ("minimum", f'ColumnValues "{column}" >= {contract.get("minimum")}'),
            ("maximum", f'ColumnValues "{column}" <= {contract.get("maximum")}'),
            ("pattern", f'ColumnValues "{column}" matches "'),
            ("maxLength", f'ColumnLength "{column}" <= {contract.get("maxLength")}'),
        ):
            assert (expected in said) is (keyword in contract)


def test_the_training_set_is_held_to_columns_that_it_has():
    named = {n for rule in RULES["training_set"] for n in re.findall(r'^\w+ "(\w+)"', rule)}
    assert named <= set(COLUMNS)
    assert set(FILLED) <= named


def test_a_split_that_nobody_asked_for_is_not_asked_for():
    other = load_settings(None, {"data_lake.test_percent": 0}).of(DataLake)
    shares = [rule for rule in training_rules(other) if "threshold" in rule]
    assert len(shares) == 2
    assert not [rule for rule in shares if '"test"' in rule]


def test_the_role_reads_the_tables_that_it_judges_and_writes_nothing(template):
    found = template("DataLake")
    actions = {
        action
        for statement in statements(found, role="CurationQualityRole")
        for action in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    }
    assert {a for a in actions if a.startswith("s3:")} == {"s3:GetObject"}
    assert not [a for a in actions if re.search("Put|Create|Update|Delete", a)]
    rulesets = of_type(found, "AWS::Glue::DataQualityRuleset").values()
    assert {each["TargetTable"]["TableName"] for each in rulesets} == set(RULES)


def test_the_states_are_valid_and_know_no_way_around_the_result():
    failed = dict.fromkeys(("run", "execution", "state", "error", "cause", "input"), "'x'")
    failed["failed_at"] = "'2026-11-29T00:00:00Z'"
    event = offers(stack_name="Lake").run_failed
    states = {
        **STATES,
        "Done": {"Type": "Succeed"},
        **record_failure(RUNS, failed, event, next_="Failed", not_recorded=[]),
        "Failed": {"Type": "Fail"},
    }
    machine = {"QueryLanguage": "JSONata", "StartAt": next(iter(STATES)), "States": states}
    deployed = json.loads(json.dumps(machine).replace("${Partition}", "aws"))
    assert verdicts("asl.mjs", [deployed]) == [[]]
    to_done = [name for name, state in STATES.items() if '"Next": "Done"' in json.dumps(state)]
    assert to_done == ["IsTrainingSetGood"]
    to_good = [name for name, state in STATES.items() if "IsTrainingSetGood" in json.dumps(state)]
    assert to_good == ["ReadTrainingSetResult"]


def test_a_check_has_its_time():
    assert check_seconds(60) > STATES["EvaluateTrainingSet"]["Arguments"]["Timeout"] * 60
