"""What a table has to be before anybody learns from it, in DQDL. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from stacks.data_lake.datasets import Dataset
from stacks.data_lake.settings import DataLake

# What the job that builds the training set fills where a visit has it not.
FILLED = (
    *("temperature", "store_receipts_per_visit", "store_mean_amount"),
    *("store_young_share", "store_senior_share", "visitor_hours_since"),
)
SPLITS = ("train", "validation", "test")
# Splits are cut at whole hours, so that a share comes near what is asked for, and no nearer.
_LEAST_OF_SPLIT, _MOST_OF_SPLIT = 0.25, 2.5


def ruleset(rules: Iterator[str]) -> str:
    """Write a ruleset."""
    return "Rules = [\n    " + ",\n    ".join(rules) + "\n]"


def enhanced_rules(dataset: Dataset, settings: DataLake) -> Iterator[str]:
    """Hold a table to the contract of its data set once more, and to being there and fresh."""
    yield "RowCount > 0"
    yield f"IsPrimaryKey {' '.join(map(_quoted, dataset.key))}"
    for column, contract in dataset.contract.items():
        is_required = column in dataset.required
        if is_required and column not in dataset.key:
            yield f"IsComplete {_quoted(column)}"
        for rule in _of_column(column, contract):
            yield rule if is_required else _where_it_is(column, rule)
    newest = "select datediff(current_date(), to_date(max(arrived_at))) from primary"
    yield f'CustomSql "{newest}" <= {settings.fresh_days}'
    # The merge drops what is older; what is from tomorrow has the wrong time zone.
    yield f"DataFreshness {_quoted(dataset.partition)} <= {settings.result_days + 2} days"
    yield f"ColumnValues {_quoted(dataset.partition)} <= (now() + 1 days)"


def training_rules(settings: DataLake) -> Iterator[str]:
    """Hold the training set to being one: rows, labels of both kinds, and its splits."""
    yield f"RowCount >= {settings.fewest_training_rows}"
    yield 'IsPrimaryKey "visit_id"'
    for column in ("visitor", "store", "moment", *FILLED):
        yield f"IsComplete {_quoted(column)}"
    yield 'ColumnValues "label" in [0, 1]'
    least = settings.least_label_percent / 100
    both = f'Mean "label" between {least:g} and {1 - least:g}'
    yield both
    yield f"{both} where \"split = 'train'\""
    yield f'ColumnValues "split" in [{", ".join(map(_quoted, SPLITS))}]'
    percents = {"validation": settings.validation_percent, "test": settings.test_percent}
    for split, percent in {"train": 100 - sum(percents.values()), **percents}.items():
        if percent:
            share = percent / 100
            yield (
                f'ColumnValues "split" in [{_quoted(split)}] with threshold '
                f"between {share * _LEAST_OF_SPLIT:g} and {min(share * _MOST_OF_SPLIT, 1.01):g}"
            )


def _of_column(column: str, contract: Mapping[str, Any]) -> Iterator[str]:
    """Write what a contract says of values; types are the table's own."""
    values = f"ColumnValues {_quoted(column)}"
    if listed := contract.get("enum"):
        yield f"{values} in [{', '.join(map(_quoted, listed))}]"
    if pattern := contract.get("pattern"):
        yield f"{values} matches {_quoted(pattern)}"
    for sign, bound in ((">=", "minimum"), ("<=", "maximum")):
        if bound in contract:
            yield f"{values} {sign} {contract[bound]}"
    for sign, bound in ((">=", "minLength"), ("<=", "maxLength")):
        if bound in contract:
            yield f"ColumnLength {_quoted(column)} {sign} {contract[bound]}"


def _where_it_is(column: str, rule: str) -> str:
    """Let a column be empty, in some rows or in all of them."""
    return f'(Completeness {_quoted(column)} = 0.0) or ({rule} where "{column} is not null")'


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
