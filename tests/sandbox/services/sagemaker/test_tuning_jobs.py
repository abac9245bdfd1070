"""Tuning jobs: training jobs of their own, of which the best is found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.services.sagemaker.tuning import ranges

IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:3.0-5"
SCORE = """\
import os
depth = float(os.environ["SM_HP_DEPTH"])
print(f"score={1 - (depth - 3) ** 2};")
"""
DEPTHS = {"CategoricalParameterRanges": [{"Name": "depth", "Values": ["1", "3", "7"]}]}


@pytest.fixture
def tuning(asked, unique):
    """Compose the request of a tuning job of a script."""

    def compose(script=SCORE, *, definition=None, **config):
        request = asked(script)
        request.pop("TrainingJobName")
        static = request.pop("HyperParameters")
        algorithm = {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "score", "Regex": r"score=(\S+);"}],
        }
        return {
            "HyperParameterTuningJobName": unique("Tune"),
            "HyperParameterTuningJobConfig": {
                "Strategy": "Grid",
                "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "score"},
                "ResourceLimits": {"MaxParallelTrainingJobs": 2},
                "ParameterRanges": DEPTHS,
                **config,
            },
            "TrainingJobDefinition": {
                **request,
                "AlgorithmSpecification": algorithm,
                "StaticHyperParameters": static,
                **(definition or {}),
            },
        }

    return compose


@pytest.fixture
def tuned(sagemaker, tuning, ended):
    def run(*given, **more):
        request = tuning(*given, **more)
        sagemaker.create_hyper_parameter_tuning_job(**request)
        return ended(request["HyperParameterTuningJobName"], "HyperParameterTuning")

    return run


def test_all_of_a_grid_is_tried_and_the_best_is_found(tuned, sagemaker):
    found = tuned()
    assert found["HyperParameterTuningJobStatus"] == "Completed", found
    best = found["BestTrainingJob"]
    assert best["TunedHyperParameters"] == {"depth": "3"}
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == 1
    assert found["TrainingJobStatusCounters"]["Completed"] == 3
    name = found["HyperParameterTuningJobName"]
    listed = sagemaker.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=name
    )["TrainingJobSummaries"]
    assert sorted(each["TunedHyperParameters"]["depth"] for each in listed) == ["1", "3", "7"]
    job = sagemaker.describe_training_job(TrainingJobName=best["TrainingJobName"])
    assert job["HyperParameters"]["depth"] == "3"
    assert job["TrainingJobStatus"] == "Completed"


def test_as_many_are_drawn_as_the_limits_say(tuned):
    found = tuned(
        Strategy="Random",
        ResourceLimits={"MaxParallelTrainingJobs": 2, "MaxNumberOfTrainingJobs": 2},
        HyperParameterTuningJobObjective={"Type": "Minimize", "MetricName": "score"},
        RandomSeed=7,
        ParameterRanges={
            "IntegerParameterRanges": [{"Name": "depth", "MinValue": "4", "MaxValue": "9"}]
        },
    )
    assert found["TrainingJobStatusCounters"]["Completed"] == 2
    assert found["ObjectiveStatusCounters"] == {"Succeeded": 2, "Pending": 0, "Failed": 0}


def test_where_no_job_scores_the_tuning_fails_with_the_first_reason(tuned):
    found = tuned("raise ValueError('no rows')")
    assert found["HyperParameterTuningJobStatus"] == "Failed"
    assert "ValueError: no rows" in found["FailureReason"]
    assert "BestTrainingJob" not in found


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"Strategy": "Bayesian"}, "Strategy is Bayesian; the sandbox has Random, Grid"),
        ({"TrainingJobEarlyStoppingType": "Auto"}, "the sandbox has Off"),
        ({"ParameterRanges": {}}, "names no hyperparameter"),
        ({"Strategy": "Random"}, "MaxNumberOfTrainingJobs is missing"),
        (
            {"HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"}},
            "no metric definition for the objective metric auc",
        ),
        (
            {"ParameterRanges": {"IntegerParameterRanges": [
                {"Name": "depth", "MinValue": "1", "MaxValue": "2"}]}},
            "Grid takes CategoricalParameterRanges only",
        ),
    ],
    ids=["bayesian", "early", "no-ranges", "no-limit", "metric", "grid"],
)  # fmt: skip
def test_what_cannot_be_carried_out_is_refused_by_name(sagemaker, tuning, refused, config, said):
    code, message = refused(sagemaker.create_hyper_parameter_tuning_job, **tuning(**config))
    assert code == "ValidationException"
    assert said in message


def test_who_tunes_needs_the_right_and_to_pass_the_role(tuning, as_role, statement, refused):
    request = tuning()
    may = as_role(statement("sagemaker:CreateHyperParameterTuningJob"))("sagemaker")
    code, message = refused(may.create_hyper_parameter_tuning_job, **request)
    assert (code, "iam:PassRole" in message) == ("AccessDeniedException", True)


@given(st.integers(0, 2**31), st.floats(1e-6, 1e3), st.floats(1, 1e3), st.booleans())
def test_what_is_drawn_is_in_its_range_and_comes_again_by_its_seed(seed, low, times, logarithmic):
    scale = "Logarithmic" if logarithmic else "Linear"
    bounds = {"MinValue": repr(low), "MaxValue": repr(low * times), "ScalingType": scale}
    given_ranges = {"ContinuousParameterRanges": [{"Name": "eta", **bounds}]}
    assert ranges.refusal(given_ranges, "Random") is None
    first = next(ranges.drawn(given_ranges, "Random", seed))
    assert low <= float(first["eta"]) <= low * times
    assert first == next(ranges.drawn(given_ranges, "Random", seed))
