"""What the machine and the model's role may do for one kind of hosting alone."""

from aws_cdk import aws_iam as iam

from guardrails import waive
from stacks.model_hosting.endpoint_kinds import ANSWERS, FAILURES, MODELS, REQUESTS
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.settings import ModelHosting
from stacks.shared.arns import arn_here
from stacks.shared.hand_offs import allow_objects
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow

FIRST_INSTANCE_ALARM = "has-backlog-without-capacity"  # what its name ends with


def accept_containers(settings: ModelHosting, machine: Machine) -> None:
    """Say why containers are in no network, and why those of a serverless endpoint may call."""
    outside = "Its containers run in network isolation: they can call nobody at all."
    if settings.kind == "serverless":
        outside = "A serverless endpoint takes no network of ours."
        waive(
            machine.resource,
            "container_not_isolated",
            because="A serverless endpoint takes no isolated model; its role reads archives alone.",
        )
    if not settings.subnets:
        waive(machine.resource, "container_outside_vpc", because=outside)


def allow_kind(
    settings: ModelHosting, resources: Resources, *, machine: iam.Role, model: iam.Role
) -> None:
    """Grant it; real-time and serverless endpoints and pipelines need nothing more."""
    if settings.kind == "asynchronous":
        resources.batches.announce_new_objects()
        resources.batches.allow(model, "s3:GetObject", prefix=f"{REQUESTS}/")
        for folder in (ANSWERS, FAILURES):
            resources.batches.allow(model, "s3:PutObject", prefix=f"{folder}/")
        if settings.least_instances == 0:
            alarm = arn_here("cloudwatch", f"alarm:{resources.endpoint}-{FIRST_INSTANCE_ALARM}")
            allow(machine, "cloudwatch:PutMetricAlarm", on=[alarm])
    if resources.models:
        # The machine copies what was approved; the container finds what is there by itself.
        allow_objects(machine, resources.inputs.model_files)
        resources.models.allow(machine, "s3:PutObject", prefix=f"{MODELS}/")
        resources.models.allow(model, "s3:GetObject", prefix=f"{MODELS}/")
        allow(
            model,
            "s3:ListBucket",
            on=[resources.models.bucket_arn],
            conditions={"StringLike": {"s3:prefix": f"{MODELS}/*"}},
        )
