"""The lake's name of a content, counted without Spark."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.training_set import content_hash as by_the_generator
from model_training.lake_content import content_hash

COLUMNS = {"id": "string", "n": "bigint", "x": "double"}


def table(rows):
    kinds = {"id": pa.string(), "n": pa.int64(), "x": pa.float64()}
    return pa.table({k: pa.array([row[k] for row in rows], kinds[k]) for k in COLUMNS})


ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "id": st.none() | st.text(),
            "n": st.none() | st.integers(-(2**62), 2**62),
            "x": st.none() | st.floats(-1e12, 1e12),
        }
    ),
    max_size=20,
)


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_and_the_parts_of_rows_do_not_matter(rows, draw):
    moved = list(rows)
    draw.shuffle(moved)
    cut = draw.randint(0, len(moved))
    parts = pa.concat_tables([table(moved[:cut]), table(moved[cut:])])
    assert content_hash(parts, COLUMNS) == content_hash(table(rows), COLUMNS)


def test_another_value_row_or_name_is_another_content():
    rows: list[dict[str, Any]] = [{"id": "a", "n": 1, "x": 0.5}, {"id": "b", "n": None, "x": None}]
    found = {content_hash(table(rows), COLUMNS), content_hash(table(rows[:1]), COLUMNS)}
    for name, value in (("id", "c"), ("n", 2), ("x", 0.500001), ("x", None)):
        found.add(content_hash(table([rows[0] | {name: value}, rows[1]]), COLUMNS))
    renamed = table(rows).rename_columns(["id", "n", "y"])
    found.add(content_hash(renamed, {"id": "string", "n": "bigint", "y": "double"}))
    assert len(found) == 7


@pytest.mark.parametrize(
    ("one", "other"),
    [(0.0, -0.0), (0.1 + 0.2, 0.3), (float("nan"), None)],
    ids=["zero", "sum", "nan"],
)
def test_doubles_count_by_six_places(one, other):
    rows = [table([{"id": "a", "n": 1, "x": x}]) for x in (one, other)]
    assert content_hash(rows[0], COLUMNS) == content_hash(rows[1], COLUMNS)


def test_two_ways_of_counting_agree(training_set, tmp_path):
    import pyarrow.parquet as parquet

    files = training_set.write(tmp_path)
    rows = pa.concat_tables([parquet.ParquetFile(path).read() for path in files])
    columns = {c["name"]: c["type"] for c in training_set.manifest["schema"]}
    assert content_hash(rows, columns) == by_the_generator(training_set.rows)
    assert content_hash(rows, columns) == training_set.content_hash
