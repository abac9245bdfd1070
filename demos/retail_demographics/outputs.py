"""The names that the deployed stack gives out."""

from dataclasses import dataclass

from demos import outputs


@dataclass(frozen=True, slots=True)
class Outputs(outputs.Outputs):
    """The bucket that takes frames, and the log of the function that analyses them."""

    frames_bucket_name: str
    log_group_name: str
