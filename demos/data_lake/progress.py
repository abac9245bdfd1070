"""Watch files come to their end."""

from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic, sleep

from demos import deployed
from demos.deployed import dead_letters
from sandbox.host.client import Sandbox

PATIENCE = 120.0  # seconds
POLL = 0.3


@dataclass(frozen=True, slots=True)
class Outputs(deployed.Outputs):
    """The bucket that takes files, and the one with their records."""

    raw_bucket_name: str
    modeled_bucket_name: str


def wait(sandbox: Sandbox, stack: Outputs, files: int, tell: Callable[[int], None]) -> int:
    """Wait until every file has a load record, or one is given up; returns how many have one."""
    s3, end, done = sandbox.client("s3"), monotonic() + PATIENCE, 0
    while done < files and monotonic() < end and not dead_letters(sandbox, stack):
        reply = s3.list_objects_v2(Bucket=stack.modeled_bucket_name, Prefix="loads/")
        done = reply["KeyCount"]
        tell(done)
        sleep(POLL)
    return done
