"""What goes wrong with a delivery, in the stream's log, as far as its role may write there."""

import json
from typing import Any

from sandbox.core.emulator import PARTITION
from sandbox.iam import authorization, problems
from sandbox.services.firehose.configurations import Configuration
from sandbox.services.logs import service_lines
from sandbox.services.logs.upstream import cloudwatch_logs


def write(stream: str, arn: str, to: Configuration, code: str, message: str, **more: Any) -> None:
    """Write one line, or report why AWS would have dropped it."""
    if to.log_group is None:
        return
    place = cloudwatch_logs._make_group_arn(to.log_group).removesuffix(":*")
    role = authorization.execution_role(to.role_arn, stream)
    why = authorization.denial(role, "logs:PutLogEvents", f"{place}:log-stream:{to.log_stream}")
    group = cloudwatch_logs._log_groups.get(to.log_group) or {"streams": {}}
    if to.log_stream not in group["streams"]:
        why = f"there is no log stream {to.log_group}/{to.log_stream}"
    told = {
        "deliveryStreamARN": arn,
        "destination": f"arn:{PARTITION}:s3:::{to.bucket}",
        "errorCode": code,
        "errorMessage": message,
        **more,
    }
    if why := why or service_lines.write(to.log_group, to.log_stream, json.dumps(told)):
        problems.report("logs", f"{stream} cannot write to its log: {why}")
