"""Each other kind of hosting, deployed by its settings and asked once through the API."""

import io
import json
import shutil
import tarfile
import time
from pathlib import Path

import pytest

from app import build_app
from guardrails import gate
from testing.hosting_settings import KINDS
from testing.model_archive import write_archive

NAME = "ModelHosting"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "model_hosting.weights_seconds": 1,
}
CONFIG = Path(__file__).parents[3] / "config"
STAGE = "kinds"
STACK = f"{NAME}-{STAGE}"
# Turns numbers by name into what the model takes, as a first container does.
CELSIUS = b"""
import json

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    return json.loads(body or b"{}")

def predict_fn(rows, model):
    for row in rows if isinstance(rows, list) else [rows]:
        if row.get("temperature") is not None:
            row["temperature"] = round((row["temperature"] - 32) / 1.8, 2)
    return rows

def output_fn(rows, accept):
    return json.dumps(rows).encode(), "application/json"
"""
SCRIPT = {
    "SAGEMAKER_PROGRAM": "inference.py",
    "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
}


@pytest.fixture(scope="module")
def config(tmp_path_factory):
    """Have a stage of our own, as the other tests' stack stays where it is."""
    folder = tmp_path_factory.mktemp("config")
    shutil.copy(CONFIG / "default.toml", folder)
    (folder / f"{STAGE}.toml").write_text("")
    return folder


@pytest.fixture(scope="module")
def trainer(sandbox, tmp_path_factory, trainer_of):
    """Train for that stage."""
    folder = tmp_path_factory.mktemp("model")
    write_archive(folder)
    return trainer_of(sandbox, folder, STAGE)


@pytest.fixture
def deployed(sandbox, config, tmp_path, hosting_of):
    """Deploy the stack of a kind, and take it away again."""
    built = []

    def deploy(kind, **more):
        told = {"kind": kind, **KINDS[kind], **more}
        overrides = {**SETTINGS, **{f"model_hosting.{k}": v for k, v in told.items()}}
        outdir = str(tmp_path / kind)
        gate(build_app(outdir=outdir, only=[NAME], stage=STAGE, config=config, overrides=overrides))
        built.append(outdir)
        return hosting_of(sandbox, sandbox.deploy(NAME, app=outdir)[STACK])

    yield deploy
    for app in built:
        sandbox.destroy(NAME, app=app)
        endpoints = sandbox.client("sagemaker").list_endpoints(NameContains=STACK.lower())
        assert not endpoints["Endpoints"]


def serve(hosting, trainer, arn):
    """Approve a package, and wait until it serves."""
    trainer.approve(arn)
    machines = hosting.sandbox.client("stepfunctions")

    def ended():
        found = machines.list_executions(
            stateMachineArn=hosting.outputs["DeployStateMachineArn"], maxResults=1
        )["executions"]
        return [each for each in found if each["status"] != "RUNNING"]

    hosting.wait_for(ended, seconds=200)
    (execution,) = ended()
    found = machines.describe_execution(executionArn=execution["executionArn"])
    assert found["status"] == "SUCCEEDED", (found.get("cause"), hosting.sandbox.problems())
    time.sleep(1.1)  # by then the function looks again what serves


def predict(hosting, trainer, rows=None, **more):
    told = {"rows": rows or trainer.known()["rows"], **more}
    return hosting.predict(json.dumps(told).encode())


def is_known(trainer, predictions):
    return predictions == pytest.approx(trainer.known()["predictions"], abs=1e-6)


def packed(**files):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, body in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(body)
            archive.addfile(entry, io.BytesIO(body))
    return content.getvalue()


def test_a_serverless_endpoint_answers(deployed, trainer):
    hosting = deployed("serverless")
    serve(hosting, trainer, trainer.register())
    serve(hosting, trainer, trainer.register())  # an update, without guardrails
    status, told = predict(hosting, trainer, key="shopper")
    assert status == 200, told
    assert is_known(trainer, told["predictions"])


def test_an_asynchronous_endpoint_says_where_its_answer_will_be(deployed, trainer):
    hosting = deployed("asynchronous")
    serve(hosting, trainer, trainer.register())
    status, told = predict(hosting, trainer)
    assert status == 202, told
    bucket, _, key = told["output"].removeprefix("s3://").partition("/")
    assert key.startswith("asynchronous/answers/")
    hosting.wait_for(lambda: key in hosting.keys("BatchesBucketName"), seconds=60)
    answer = json.loads(hosting.s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert is_known(trainer, answer["predictions"])
    # What the model refuses is told at the other place.
    status, told = predict(hosting, trainer, rows=[{"hour": "late"}])
    failed = told["failure"].partition("/asynchronous/")[2]
    hosting.wait_for(
        lambda: [k for k in hosting.keys("BatchesBucketName") if k.endswith(failed)], seconds=60
    )
    assert hosting.predict(b"{}")[0] == 400


def test_a_pipeline_asks_one_container_after_the_other(deployed, trainer):
    hosting = deployed("inference-pipeline")
    first = trainer.container(packed(**{"code/inference.py": CELSIUS}), SCRIPT)
    serve(hosting, trainer, trainer.register_containers(first, trainer.own_container()))
    rows = [
        {**row, "temperature": row["temperature"] and row["temperature"] * 1.8 + 32}
        for row in trainer.known()["rows"]
    ]
    status, told = predict(hosting, trainer, rows=rows)
    assert status == 200, told
    assert told["predictions"] == pytest.approx(trainer.known()["predictions"], abs=1e-3)


def test_of_many_models_the_one_that_is_named_answers(deployed, trainer):
    columns = ["a", "b"]
    hosting = deployed("multi-model", multi_model_columns=columns)
    models = [boosted(sign) for sign in (1, -1)]
    versions = []
    for body, _ in models:
        container = trainer.container(packed(**{"model.json": body}), {})
        arn = trainer.register_containers(container)
        serve(hosting, trainer, arn)
        versions.append("v" + arn.rpartition("/")[2])
    rows = [{"b": 0.5, "a": 2.0}, {"a": -1.0, "b": 0.25}]
    for version, (_, tell) in zip(versions, models, strict=True):
        status, told = predict(hosting, trainer, rows=rows, model=version)
        assert status == 200, told
        assert told["predictions"] == pytest.approx(tell([[2.0, 0.5], [-1.0, 0.25]]), abs=1e-6)
    assert predict(hosting, trainer, rows=rows)[0] == 400
    assert predict(hosting, trainer, rows=[{"a": 1}], model=versions[0])[0] == 400


def boosted(sign):
    """Train a booster of two columns; gives it, and what tells of rows."""
    import numpy as np
    import xgboost

    draw = np.random.default_rng(3)
    floats = draw.normal(size=(300, 2))
    matrix = xgboost.DMatrix(floats, sign * floats[:, 0] + floats[:, 1])
    booster = xgboost.train({"max_depth": 3, "nthread": 1}, matrix, num_boost_round=10)
    raw = bytes(booster.save_raw("json"))
    return raw, lambda rows: booster.predict(xgboost.DMatrix(np.array(rows))).tolist()
