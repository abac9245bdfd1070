"""A training set is held to its manifest, and written as an algorithm reads it."""

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from model_training.label_first import RowsError, read_rows
from model_training.signature import read_signature
from model_training.training_set import TrainingSetError, read_manifest

SPLITS = ("train", "validation", "test")


@pytest.fixture
def signature(prepared):
    return read_signature((prepared / "signature" / "signature.json").read_bytes())


def test_every_row_is_in_its_split_once_label_first(prepared, training_set, signature):
    for split in SPLITS:
        wanted = [row for row in training_set.rows if row["split"] == split]
        found = read_rows(prepared / split, len(signature.names))
        assert found.labels.tolist() == [row["label"] for row in wanted]
        at = signature.names.index("temperature")
        assert found.features[:, at].tolist() == [row["temperature"] for row in wanted]


def test_codes_become_the_categories_that_they_code(prepared, training_set, signature):
    store, age = (signature.features[signature.names.index(n)] for n in ("store", "age_band"))
    rows = read_rows(prepared / "test", len(signature.names)).features
    wanted = [row for row in training_set.rows if row["split"] == "test"]
    places = rows[:, signature.names.index("store")].astype(int)
    assert [store.categories[place] for place in places] == [row["store"] for row in wanted]
    unknown = np.isnan(rows[:, signature.names.index("age_band")])
    assert unknown.tolist() == [row["age_band_code"] == 0 for row in wanted]
    assert unknown.any()
    assert (age.nullable, age.unknown) == (True, "missing")


def test_the_signature_tells_kinds_and_where_it_comes_from(signature, training_set):
    kinds = {feature.name: feature.kind for feature in signature.features}
    assert (kinds["store"], kinds["seconds"], kinds["temperature"]) == (
        "category",
        "count",
        "number",
    )
    assert not {"visitor", "visit_id", "moment", "label", "split"} & kinds.keys()
    assert signature.training_set["content_hash"] == training_set.content_hash


def test_groups_are_told_row_by_row(prepared, training_set):
    groups = json.loads((prepared / "groups" / "groups.json").read_text())
    wanted = [row["store"] for row in training_set.rows if row["split"] == "test"]
    assert groups["store"] == wanted
    assert set(groups) == {"store", "age_band"}


def change_a_file(folder, change):
    path = folder / "rows" / "train.parquet"
    rows = parquet.ParquetFile(path).read()
    parquet.write_table(change(rows), path)


def raised(rows):
    values = rows.column("temperature").to_pylist()
    values[7] += 0.5
    return rows.set_column(rows.column_names.index("temperature"), "temperature", pa.array(values))


CHANGES = {
    "a row is gone": (lambda rows: rows.slice(1), "a file is missing, or was read twice"),
    "a row is there twice": (lambda rows: pa.concat_tables([rows, rows.slice(0, 1)]), "read twice"),
    "a value is another": (raised, "they are not the snapshot"),
    "a column is gone": (lambda rows: rows.drop_columns(["zones"]), "has no column zones"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_files_that_are_not_what_the_manifest_says_are_refused(name, training_set, tmp_path):
    from model_training import prepare

    change, words = CHANGES[name]
    training_set.write(tmp_path / "rows")
    (tmp_path / "manifest").mkdir()
    (tmp_path / "manifest" / "m.json").write_bytes(training_set.document())
    change_a_file(tmp_path, change)
    with pytest.raises(TrainingSetError, match=words):
        prepare.main(
            [
                *("--manifest", str(tmp_path / "manifest"), "--rows", str(tmp_path / "rows")),
                *("--out", str(tmp_path / "out"), "--manifest-uri", "m", "--library", "3.0.5"),
            ]
        )
    assert not (tmp_path / "out").exists()


MANIFESTS: dict[str, tuple[dict[str, Any], str]] = {
    "no hash": ({"content_hash": None}, "has no content_hash"),
    "an unknown role": (
        {"schema": [{"name": "a", "type": "int", "role": "weight"}]},
        "of the role weight; allowed",
    ),
    "two labels": (
        {"schema": [{"name": n, "type": "int", "role": "label"} for n in "ab"]},
        "has 2 columns of the role label",
    ),
    "a feature of text": (
        {
            "schema": [
                {"name": "l", "type": "int", "role": "label"},
                {"name": "s", "type": "string", "role": "split"},
                {"name": "f", "type": "string", "role": "feature"},
            ]
        },
        r"features \['f'\]; allowed",
    ),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_says_too_little_is_refused_by_name(name, training_set):
    changes, words = MANIFESTS[name]
    document = {k: v for k, v in {**training_set.manifest, **changes}.items() if v is not None}
    with pytest.raises(TrainingSetError, match=words):
        read_manifest(document)


def test_rows_that_are_no_numbers_are_refused(tmp_path):
    (tmp_path / "rows.csv").write_text("1,2,x\n")
    with pytest.raises(RowsError, match="allowed: 3 numbers a row"):
        read_rows(tmp_path, 2)
