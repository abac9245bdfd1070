"""AWS's own XGBoost, and a search of its hyperparameters, by settings alone."""

import pytest

from demos.model_training.executions import Executions
from fixtures.training_set import make_training_set

SEARCHED = {
    "model_training.algorithm": "xgboost",
    "model_training.hyperparameters.num_round": "15",
    "model_training.spot_minutes": 0,
    "model_training.tuning_jobs": 3,
    "model_training.tuning_parallel": 2,
    "model_training.tuning_ranges": {
        "max_depth": {"from": 1, "to": 4},
        "eta": {"from": 0.01, "to": 0.9, "scale": "Logarithmic"},
    },
}


@pytest.fixture(scope="module")
def executions(sandbox, assemblies, settings, stack):
    """Deploy the stack with a search, whether or not it is there; it goes with the last test."""
    app = str(assemblies.build(only=[stack], overrides={**settings, **SEARCHED}))
    yield Executions(sandbox, sandbox.deploy(stack, app=app)[stack])
    sandbox.destroy(stack, app=app)


@pytest.fixture(scope="module")
def searched(executions, lake):
    before = len(executions.arns())
    found = make_training_set(900, seed=41)
    lake.tell(found, lake.publish(found))
    return executions.wait(before + 1)


@pytest.fixture(scope="module")
def package(searched, executions):
    identity = searched.arn.rpartition("/")[2]
    found = [p["CustomerMetadataProperties"] for p in executions.packages()]
    (mine,) = [known for known in found if known["execution"] == identity]
    return mine


def test_the_best_of_a_search_is_packed_judged_explained_and_registered(searched, package):
    assert searched.status == "Succeeded", searched.reasons
    assert list(searched.steps) == [
        *("Prepare", "Tune", "Pack", "Evaluate", "BetterThanChampion", "Explain", "Register"),
    ]
    assert package["algorithm"] == "xgboost"
    assert searched.reports["evaluation.json"]["candidate"]["auc"] > 0.5
    assert searched.reports["explainability.json"]["additive_error"] < 1e-3


def test_what_was_registered_is_what_scored_best_of_all_trials(package, sandbox):
    sagemaker = sandbox.client("sagemaker")
    tuning = package["training_job"].rpartition("-")[0].rpartition("-")[0]
    found = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=tuning
    )["TrainingJobSummaries"]
    scores = {
        each["TrainingJobName"]: each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
        for each in found
    }
    assert len(scores) == 3
    assert scores[package["training_job"]] == max(scores.values())
    for each in found:
        assert set(each["TunedHyperParameters"]) == {"max_depth", "eta"}
