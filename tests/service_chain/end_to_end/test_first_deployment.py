"""A first deployment that fails, early or late, leaves nothing, and the next one succeeds."""

from testing.direct_deployment import DirectDeployment

STACK = "ServiceChain"
EARLY_TO_LATE = (
    *("kms:CreateKey", "logs:CreateLogGroup", "s3:PutBucketPolicy", "lambda:CreateFunction"),
    *("states:CreateStateMachine", "events:PutRule", "cloudwatch:PutDashboard"),
)


def test_what_fails_leaves_nothing_and_what_stood_once_leaves_its_data(calm, assemblies):
    template = assemblies.template(STACK, stage="prod")
    stage = DirectDeployment(calm.sandbox, f"{STACK}-prod", template)
    for action in EARLY_TO_LATE:
        assert stage.create(failing=action) == "ROLLBACK_COMPLETE", action
        assert not stage.left(), action
        stage.forget()
    assert stage.create() == "CREATE_COMPLETE"
    stage.forget()
    assert {kept.split()[0] for kept in stage.left()} == {"bucket", "key"}
