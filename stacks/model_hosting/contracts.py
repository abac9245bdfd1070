"""What hosting needs of others, and hands to them."""

from dataclasses import dataclass

from stacks.contracts import BucketPrefix, Events, PublishedValue


@dataclass(frozen=True, slots=True)
class Inputs:
    """Versions of models in a group, news of them, their files, and who wants to hear of drift.

    ``package_news`` are SageMaker's own events, of all groups of the account. A package names among
    ``model_files`` what was learnt of, to compare with (``ModelMetrics.ModelDataQuality``).
    """

    package_group: PublishedValue
    package_news: Events
    model_files: BucketPrefix
    retraining: Events


@dataclass(frozen=True, slots=True)
class Offers:
    """The news of models that are served or not, of experiments, and of batches.

    Of models they tell ``endpoint``, ``package`` and ``config``; a failure tells ``state`` and
    ``error``, too. A change of an experiment tells ``what`` it was, the challenger's ``percent`` of
    the traffic, and the ``verdict``. Of batches they tell ``endpoint``, ``model``, ``prefix``,
    ``run`` and its ``rows``, ``results`` and ``rejects``; a failure tells ``execution``, ``status``
    and ``error``.
    """

    model_deployed: Events
    deployment_failed: Events
    batch_transformed: Events
    batch_failed: Events
    experiment_changed: Events


def offers(*, stack_name: str) -> Offers:
    """Name what the stack of this name publishes."""
    source = f"model_hosting.{stack_name}"
    return Offers(
        Events(source, "Model Deployed"),
        Events(source, "Deployment Failed"),
        Events(source, "Batch Transformed"),
        Events(source, "Batch Failed"),
        Events(source, "Experiment Changed"),
    )
