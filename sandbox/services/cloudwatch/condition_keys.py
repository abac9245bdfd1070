"""What policies may ask of metrics that are put: their namespace."""

import json
import re
from collections.abc import Mapping
from typing import Any

from sandbox.iam import condition_keys

# The member in CBOR: its name, then a text of less than 24 bytes or one with a byte of length.
_IN_CBOR = re.compile(rb"\x69Namespace(?:([\x60-\x77])|\x78(.))", re.DOTALL)


def install() -> None:
    """Tell IAM of it."""
    condition_keys.tell("monitoring", _namespace)


def _namespace(action: str, body: bytes, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Find the namespace in any of the three protocols that CloudWatch speaks.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/iam-cw-condition-keys-namespace.html
    """
    if action != "cloudwatch:PutMetricData":
        return {}
    if body.startswith(b"{"):
        try:
            found = json.loads(body).get("Namespace")
        except (ValueError, AttributeError):
            return {}  # the service itself says what is wrong with the request
    elif named := _IN_CBOR.search(body):
        length = named[1][0] - 0x60 if named[1] else named[2][0]
        found = body[named.end() : named.end() + length].decode(errors="replace")
    else:
        found = params.get("Namespace")
    found = found[0] if isinstance(found, list) and found else found
    return {"cloudwatch:namespace": found} if found else {}
