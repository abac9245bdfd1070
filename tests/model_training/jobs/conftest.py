"""A training set as the lake publishes one, and what the jobs make of it."""

import json
from importlib.util import find_spec
from types import SimpleNamespace

import pytest

from fixtures.training_set import make_training_set

# There may be Pythons that XGBoost's release has no wheel for.
collect_ignore = (
    []
    if find_spec("xgboost")
    else ["test_prepare.py", "test_train.py", "test_reports.py", "test_served.py"]
)

MANIFEST_URI = "s3://lake/manifests/known.json"


@pytest.fixture(scope="session")
def training_set():
    return make_training_set(3000)


@pytest.fixture(scope="session")
def prepare():
    """Prepare a training set in a folder; gives the folder of what was made."""
    from xgboost import __version__

    from model_training import prepare

    def run(training_set, folder, **manifest):
        told = json.dumps({**training_set.manifest, **manifest}).encode()
        (folder / "manifest").mkdir(parents=True)
        (folder / "manifest" / "m.json").write_bytes(told)
        training_set.write(folder / "rows")
        prepare.main(
            [
                *("--manifest", str(folder / "manifest"), "--rows", str(folder / "rows")),
                *("--out", str(folder / "out"), "--manifest-uri", MANIFEST_URI),
                *("--library", __version__),
            ]
        )
        return folder / "out"

    return run


@pytest.fixture(scope="session")
def prepared(prepare, training_set, tmp_path_factory):
    return prepare(training_set, tmp_path_factory.mktemp("prepared"))


@pytest.fixture(scope="session")
def environment():
    """Give the variables that SageMaker's toolkit sets, for folders of the tests."""

    def variables(prepared, folder):
        return {
            **{
                f"SM_CHANNEL_{name.upper()}": str(prepared / name)
                for name in ("train", "validation", "signature")
            },
            "SM_MODEL_DIR": str(folder / "model"),
            "SM_NUM_CPUS": "1",
        }

    return variables


@pytest.fixture(scope="session")
def train(environment):
    """Train on prepared rows; gives the folder of the model and its archive."""
    import tarfile

    from model_training import train

    def run(prepared, folder, **hyperparameters):
        words = [word for k, v in hyperparameters.items() for word in (f"--{k}", str(v))]
        train.main(words, environment(prepared, folder))
        archive = folder / "archive" / "model.tar.gz"
        archive.parent.mkdir(exist_ok=True)
        with tarfile.open(archive, "w:gz") as made:
            for path in sorted((folder / "model").iterdir()):
                made.add(path, path.name)
        return SimpleNamespace(folder=folder / "model", archive=archive)

    return run


@pytest.fixture(scope="session")
def trained(train, prepared, tmp_path_factory):
    return train(prepared, tmp_path_factory.mktemp("trained"), num_round=60)
