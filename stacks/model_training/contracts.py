"""What training needs of the lake, and hands to whoever serves its models."""

from dataclasses import dataclass

from stacks.contracts import BucketPrefix, Events, PublishedValue


@dataclass(frozen=True, slots=True)
class Inputs:
    """The news of another training set, the documents about them, and the files of their rows."""

    features_ready: Events
    manifests: BucketPrefix
    training_rows: BucketPrefix


@dataclass(frozen=True, slots=True)
class Offers:
    """The group of model packages, news of them, their files, and an ear for wishes.

    ``package_news`` are SageMaker's own events, of all groups: whoever listens asks for the group.
    Whoever wants another model puts an event of ``retraining``; its detail has a ``reason``, a text
    of which 200 characters are told, and whatever else its sender likes to say. It trains on the
    newest manifest, unless a model of that content was made.
    """

    package_group: PublishedValue
    package_news: Events
    model_files: BucketPrefix
    retraining: Events


def offers(*, stack_name: str) -> Offers:
    """Name what the stack of this name publishes."""
    bucket = PublishedValue(f"/{stack_name}/artifacts-bucket")
    return Offers(
        package_group=PublishedValue(f"/{stack_name}/model-package-group"),
        package_news=Events("aws.sagemaker", "SageMaker Model Package State Change"),
        model_files=BucketPrefix(stack_name, bucket, "executions/"),
        retraining=Events(f"model_training.{stack_name}", "Retraining Requested"),
    )
