"""The names that the deployed stack gives out."""

from dataclasses import dataclass

from demos import outputs


@dataclass(frozen=True, slots=True)
class Outputs(outputs.Outputs):
    """The bucket that takes files, the queue of their events, and the machine."""

    inbox_bucket_name: str
    queue_url: str
    state_machine_arn: str
