"""Training as a person has it: deployed by the CDK CLI, IAM on, beside what a lake offers."""

from importlib.util import find_spec

import pytest

from demos.model_training.executions import Executions
from demos.model_training.lake import Lake
from testing.rights import Rights

# There may be Pythons that XGBoost's release has no wheel for.
collect_ignore_glob = [] if find_spec("xgboost") else ["test_*.py"]

STACK = "ModelTraining"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "model_training.hyperparameters.num_round": "20",
    "model_training.least_auc": 0.5,
}


@pytest.fixture(scope="session")
def stack():
    return STACK


@pytest.fixture(scope="session")
def settings():
    return SETTINGS


@pytest.fixture(scope="session")
def app(assemblies):
    return str(assemblies.build(only=[STACK], overrides=SETTINGS))


@pytest.fixture(scope="session")
def outputs(sandbox, app):
    sandbox.faults([])
    sandbox.forget_problems()
    return sandbox.deploy(STACK, app=app)[STACK]


@pytest.fixture(scope="session")
def executions(sandbox, outputs):
    return Executions(sandbox, outputs)


@pytest.fixture(scope="session")
def lake(sandbox):
    return Lake(sandbox)


@pytest.fixture(scope="session")
def rights(sandbox, outputs):
    return Rights(sandbox, STACK)
