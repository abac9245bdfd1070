"""A training set as numbers alone: categories one by one, nothing missing, each file with rows."""

import json

import pyarrow.csv as csv
import pytest

from fixtures.training_set import make_training_set
from model_training.training_set import TrainingSetError
from testing.record_reader import read


@pytest.fixture(scope="module")
def sets():
    return make_training_set(600, seed=3)


@pytest.fixture
def prepare(sets, tmp_path):
    from model_training import prepare_dense

    def run(*options, manifest=None):
        (tmp_path / "manifest").mkdir()
        (tmp_path / "manifest" / "m.json").write_bytes(sets.document())
        sets.write(tmp_path / "rows")
        places = {"manifest": "manifest", "rows": "rows", "out": "out"}
        words = [word for n, p in places.items() for word in (f"--{n}", str(tmp_path / p))]
        prepare_dense.main([*words, *options])
        return tmp_path / "out"

    return run


def numbers(folder):
    options = csv.ReadOptions(autogenerate_column_names=True)
    files = sorted(folder.glob("*.csv"))
    return [csv.read_csv(f, read_options=options).to_pandas().to_numpy(float) for f in files]


def told(out):
    return json.loads((out / "columns" / "columns.json").read_text())


def test_a_category_is_a_column_of_its_own_and_an_unknown_one_none(prepare, sets):
    out = prepare("--format", "csv", "--files", "1", "--labels")
    columns = told(out)["columns"]
    (rows,) = numbers(out / "test")
    assert rows.shape[1] == told(out)["feature_dim"] + 1
    wanted = [row for row in sets.rows if row["split"] == "test"]
    assert rows[:, 0].tolist() == [row["label"] for row in wanted]
    ages = [n + 1 for n, c in enumerate(columns) if c["feature"] == "age_band_code"]
    names = [c["category"] for c in columns if c["feature"] == "age_band_code"]
    for row, cells in zip(wanted, rows[:, ages], strict=True):
        code = row["age_band_code"]
        assert cells.tolist() == [float(n + 1 == code) for n in range(len(names))]
    assert any(row["age_band_code"] == 0 for row in wanted)


def test_numbers_are_told_by_the_training_splits_mean_and_deviation(prepare, sets):
    out = prepare("--format", "csv", "--files", "1", "--scaled")
    columns = told(out)["columns"]
    at = next(n for n, c in enumerate(columns) if c["feature"] == "temperature")
    (rows,) = numbers(out / "train")
    assert rows[:, at].mean() == pytest.approx(0, abs=1e-5)
    assert rows[:, at].std() == pytest.approx(1, abs=1e-5)
    (test,) = numbers(out / "test")
    wanted = [row["temperature"] for row in sets.rows if row["split"] == "test"]
    back = test[:, at] * columns[at]["deviation"] + columns[at]["mean"]
    assert back == pytest.approx(wanted, abs=1e-3)


def test_records_and_csv_say_the_same_and_every_instance_has_a_file(prepare):
    out = prepare("--format", "recordio-protobuf", "--files", "3", "--labels")
    files = sorted((out / "train").glob("*.pbr"))
    assert len(files) == 3
    rows = [row for file in files for row in read(file)]
    width = told(out)["feature_dim"]
    assert {len(features) for features, _ in rows} == {width}
    assert {float(label[0]) for _, label in rows if label is not None} == {0.0, 1.0}


def test_a_value_that_is_missing_is_refused_by_its_column(prepare, sets, monkeypatch):
    import pyarrow as pa

    from model_training import prepare_dense

    def without(rows, manifest):
        column = pa.array([None] * rows.num_rows, pa.float64())
        return rows.set_column(rows.column_names.index("temperature"), "temperature", column)

    monkeypatch.setattr(prepare_dense, "verified", lambda found, m: without(_joined(found), m))
    with pytest.raises(TrainingSetError, match=r"temperature is missing in .* choose script"):
        prepare("--format", "csv", "--files", "1")


def _joined(found):
    import pyarrow as pa

    return pa.concat_tables(found, promote_options="default")


def test_a_split_with_fewer_rows_than_instances_is_refused(prepare):
    with pytest.raises(TrainingSetError, match="for 10000 files"):
        prepare("--format", "csv", "--files", "10000")
