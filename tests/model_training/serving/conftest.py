"""A model of visits, where the machine has xgboost."""

from importlib.util import find_spec

import pytest

# There may be Pythons that XGBoost's release has no wheel for.
collect_ignore_glob = [] if find_spec("xgboost") else ["test_*.py"]


@pytest.fixture(scope="session")
def archive(tmp_path_factory):
    from testing.model_archive import write_archive

    folder = tmp_path_factory.mktemp("model")
    write_archive(folder)
    return folder


@pytest.fixture(scope="session")
def model(archive):
    from model_training.inference import model_fn

    return model_fn(str(archive))
