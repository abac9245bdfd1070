"""What goes wrong with a delivery, in the stream's log, as far as its role may write there."""

import json
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.emulator import PARTITION
from sandbox.faults.occasions import SAID, struck
from sandbox.iam import authorization, problems
from sandbox.services.firehose.configurations import Configuration
from sandbox.services.logs.upstream import cloudwatch_logs


def write(stream: str, arn: str, to: Configuration, code: str, message: str, **more: Any) -> None:
    """Write one line, or report why AWS would have dropped it."""
    if to.log_group is None:
        return
    group = cloudwatch_logs._log_groups.get(to.log_group)
    found = (group or {"streams": {}})["streams"].get(to.log_stream)
    role = authorization.execution_role(to.role_arn, stream)
    place = cloudwatch_logs._make_group_arn(to.log_group).removesuffix(":*")
    why = authorization.denial(role, "logs:PutLogEvents", f"{place}:log-stream:{to.log_stream}")
    if found is None:
        why = f"there is no log stream {to.log_group}/{to.log_stream}"
    elif why is None and (rule := struck("logs:PutLogEvents")):
        why = f"{rule.given['code']} {SAID}"
    if why is not None:
        problems.report("logs", f"{stream} cannot write to its log: {why}")
        return
    now = int(CLOCK.time() * 1000)
    told = {
        "deliveryStreamARN": arn,
        "destination": f"arn:{PARTITION}:s3:::{to.bucket}",
        "errorCode": code,
        "errorMessage": message,
        **more,
    }
    line = {"timestamp": now, "message": json.dumps(told), "ingestionTime": now}
    cloudwatch_logs._append_log_events(found, [line])
