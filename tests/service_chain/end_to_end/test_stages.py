"""Two stages live side by side; what is left when one goes depends on both deletion keys."""

import pytest

from fixtures.speech.calls import VORBIS

STACK, STAGE = "ServiceChain", {"stage": "prod"}
NAME = f"{STACK}-prod"
KEYS = {f"removal.{k}": "true" for k in ("data_is_disposable", "destroy_deletes_data")}


@pytest.fixture
def other(office, operator):
    """Deploy another stage, which is gone at the end; gives its office."""
    deployed = []

    def deploy(context):
        deployed.append(context)
        outputs = office.sandbox.deploy(STACK, context=context)[NAME]
        return type(office)(office.sandbox, outputs)

    yield deploy
    stacks = office.sandbox.client("cloudformation").describe_stacks()["Stacks"]
    if NAME in {s["StackName"] for s in stacks if s["StackStatus"] != "DELETE_COMPLETE"}:
        office.sandbox.destroy(STACK, context=deployed[-1])


def test_a_stage_works_beside_another_and_leaves_nothing(calm, other, inventory):
    before = inventory()
    context = {**STAGE, **KEYS}
    there = other(context)
    assert set(there.outputs) == set(calm.outputs), "an output has one name in every stage"
    here, sandbox = calm, calm.sandbox
    sandbox.forget_calls()
    name = there.drop("stages/there.ogg", VORBIS.read_bytes())
    there.finished([name])
    # Only its own machine looked who waits for the job.
    assert sandbox.calls()["dynamodb:GetItem"] == 1
    assert name in there.ids("documents/")
    assert name not in here.ids("documents/") + here.ids("failures/")
    assert name not in {execution["name"][:32] for execution in here.executions()}

    sandbox.destroy(STACK, context=context)
    assert inventory() == before
    key = sandbox.client("kms").describe_key(KeyId=there.outputs["KeyArn"])["KeyMetadata"]
    assert key["KeyState"] == "PendingDeletion"
    name = here.drop("stages/here.txt", b"It still works.")
    assert "insights" in here.finished([name])[name]


def test_a_stage_without_both_keys_leaves_its_data_and_their_key(calm, other, inventory):
    before = inventory()
    there = other(STAGE)
    name = there.drop("stages/kept.txt", b"It is kept.")
    there.finished([name])
    calm.sandbox.destroy(STACK, context=STAGE)
    left = inventory() - before
    assert {kept.partition(" ")[0] for kept in left} == {"bucket", "key"}
    buckets = {there.outputs[f"{name}BucketName"] for name in ("Inbox", "Results")}
    assert {f"bucket {bucket}" for bucket in buckets} < left
    assert there.text(there.record(name)["text_uri"]) == "It is kept."
    assert there.keys("InboxBucketName") == ["stages/kept.txt"]
