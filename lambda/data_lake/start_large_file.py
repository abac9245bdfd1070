"""Have Spark model a file that is too large for the function."""

import json
from typing import Any

from botocore.exceptions import ClientError

from data_lake.settings import LargeFiles
from runtime.errors import failure_of
from runtime.object_versions import ObjectVersion


def start_large_file(states: Any, large: LargeFiles, source: ObjectVersion) -> bool:
    """Start the state machine, once for each version; tells whether it was not started before.

    Parts are named by their number, so that a file is cut the same way whenever it is tried again.
    """
    told = {"attempt": 1, "part_bytes": large.part_bytes, "source": source.told}
    try:
        states.start_execution(
            stateMachineArn=large.machine,
            name=f"{source.object_id}-1",
            input=json.dumps(told, sort_keys=True),
        )
    except ClientError as error:
        if failure_of(error).code != "ExecutionAlreadyExists":
            raise
        return False
    return True
