"""What the lake hands to others."""

from dataclasses import dataclass

from stacks.contracts import Events


@dataclass(frozen=True, slots=True)
class Offers:
    """The news that there is another training set, and the news that a run failed.

    The first tells ``run``, ``table``, ``snapshot_id``, ``content_hash`` and the ``manifest``, as
    ``s3://…``; at least once for each content. The second tells ``run``, ``state`` and ``error``.
    """

    features_ready: Events
    run_failed: Events


def offers(*, stack_name: str) -> Offers:
    """Name what the stack of this name publishes."""
    source = f"data_lake.{stack_name}"
    return Offers(
        features_ready=Events(source, "Features Ready"), run_failed=Events(source, "Run Failed")
    )
