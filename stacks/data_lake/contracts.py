"""What the lake needs of others, and hands to them."""

from dataclasses import dataclass

from stacks.contracts import BucketPrefix, CsvRows, Events, PublishedValue


@dataclass(frozen=True, slots=True)
class Inputs:
    """Faces that were seen in stores, if there is anybody who hands them over."""

    detections: CsvRows


@dataclass(frozen=True, slots=True)
class Offers:
    """Documents about training sets, their rows, the news of another one, what failed.

    The news tells ``run``, ``table``, ``snapshot_id``, ``content_hash`` and the ``manifest``, as
    ``s3://…``; at least once for each content. A failure tells ``run``, or of a large file its
    ``source_id``, ``state`` and ``error``.
    """

    manifests: BucketPrefix
    training_rows: BucketPrefix
    features_ready: Events
    run_failed: Events
    file_failed: Events


def offers(*, stack_name: str) -> Offers:
    """Name what the stack of this name publishes."""
    source = f"data_lake.{stack_name}"
    bucket = PublishedValue(f"/{stack_name}/transformed-bucket")
    return Offers(
        manifests=BucketPrefix(stack_name, bucket, "manifests/"),
        training_rows=BucketPrefix(stack_name, bucket, "training_set/data/"),
        features_ready=Events(source, "Features Ready"),
        run_failed=Events(source, "Run Failed"),
        file_failed=Events(source, "File Failed"),
    )
