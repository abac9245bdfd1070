"""Polly, with every reply held against its model, and a bucket for what it says."""

import pytest


@pytest.fixture(scope="session")
def polly(contract):
    return contract("polly")


@pytest.fixture
def bucket(sandbox, unique):
    name = unique("speech")
    sandbox.client("s3").create_bucket(Bucket=name)
    return name


@pytest.fixture
def spoken(polly, eventually):
    """Wait until a task has ended, and give it."""

    def wait(task_id):
        def ended():
            task = polly.get_speech_synthesis_task(TaskId=task_id)["SynthesisTask"]
            return task if task["TaskStatus"] in ("completed", "failed") else None

        return eventually(ended)

    return wait
