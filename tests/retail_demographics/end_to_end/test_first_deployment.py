"""A first deployment that fails, early or late, leaves nothing, and the next one succeeds."""

import pytest

from testing.direct_deployment import DirectDeployment

STACK = "RetailDemographics"
EARLY_TO_LATE = (
    *("kms:CreateKey", "s3:PutBucketPolicy", "dynamodb:CreateTable", "iam:PutRolePolicy"),
    *("lambda:CreateEventSourceMapping", "cloudwatch:PutDashboard"),
)
DISPOSABLE = {"removal.data_is_disposable": True, "removal.destroy_deletes_data": True}


@pytest.fixture
def first(calm, assemblies):
    def make(overrides=None):
        template = assemblies.template(STACK, stage="prod", overrides=overrides or {})
        return DirectDeployment(calm.sandbox, f"{STACK}-prod", template)

    return make


def test_what_fails_leaves_nothing_and_what_stood_once_leaves_its_data(first):
    stage = first()
    for action in EARLY_TO_LATE:
        assert stage.create(failing=action) == "ROLLBACK_COMPLETE", action
        assert not stage.left(), action
        stage.forget()
    assert stage.create() == "CREATE_COMPLETE"
    stage.forget()
    assert {kept.split()[0] for kept in stage.left()} == {"bucket", "key"}


@pytest.mark.parametrize(
    ("overrides", "ended"), [({}, "ROLLBACK_FAILED"), (DISPOSABLE, "ROLLBACK_COMPLETE")]
)
def test_what_came_in_meanwhile_goes_with_both_keys_only(calm, first, overrides, ended):
    stage = first(overrides)
    assert stage.create(failing="cloudwatch:PutDashboard", rollback=False) == "CREATE_FAILED"
    made = stage.buckets()
    for bucket in made:
        for _ in range(2):
            calm.s3.put_object(Bucket=bucket, Key="came meanwhile", Body=b"")
    assert stage.roll_back() == ended
    left = {left.partition(" ")[2] for left in stage.left() if left.startswith("bucket ")}
    assert left == (set() if overrides else set(made))
    assert overrides or all(calm.s3.list_object_versions(Bucket=one)["Versions"] for one in left)
    stage.forget()
