"""Which resource a request is about, for services of which the emulator tells IAM "any"."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator

# From an action and its request to the end of an ARN, such as ``workgroup/reports``.
Find = Callable[[str, Mapping[str, Any]], str | None]
Original = Callable[..., str]


def tell(service: str, find: Find) -> None:
    """Judge requests of a JSON service by the resource that ``find`` names; None: by none."""

    def telling(original: Original) -> Original:
        def arn(name: str, method: str, path: str, headers: Any, body: Any, *rest: Any) -> str:
            known = original(name, method, path, headers, body, *rest)
            if name != service or known != "*":
                return known
            try:
                request = json.loads(body or b"{}")
            except ValueError:
                return known
            if not isinstance(request, dict):
                return known
            found = find(headers.get("x-amz-target", "").rpartition(".")[2], request)
            *_, region, account = rest
            place = f"{emulator.PARTITION}:{service}:{region}:{account}"
            return f"arn:{place}:{found}" if found else known

        return arn

    emulator.replace(
        "ministack.core.iam_actions:extract_resource_arn",
        "(service, method, path, headers, body, query_params, region, account_id)",
        telling,
    )
