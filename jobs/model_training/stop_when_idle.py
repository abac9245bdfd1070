"""Stop the notebook that this runs on once nobody has worked in it for so many minutes."""

import http.client
import json
import ssl
import subprocess
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

METADATA = Path("/opt/ml/metadata/resource-metadata.json")
UPTIME = Path("/proc/uptime")
PORT, SECONDS = 8443, 20  # of Jupyter, behind the notebook's own proxy
IDLE = ("idle", "dead")


def is_idle(
    sessions: Iterable[Mapping[str, Any]],
    terminals: Iterable[Mapping[str, Any]],
    *,
    now: datetime,
    up: timedelta,
    limit: timedelta,
) -> bool:
    """Tell whether nothing computes, and nothing was touched within the limit.

    A kernel that computes is work, however long nobody looks at it. An instance that has just
    started is no idle one.
    """
    kernels = [session["kernel"] for session in sessions if session.get("kernel")]
    if up < limit or any(kernel.get("execution_state") not in IDLE for kernel in kernels):
        return False
    touched = [each["last_activity"] for each in (*kernels, *terminals) if "last_activity" in each]
    return all(now - _moment(each) >= limit for each in touched)


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def ask(kind: str) -> list[dict[str, Any]]:
    """Ask Jupyter on this instance for its ``sessions`` or ``terminals``."""
    # Its certificate is of its own making; the call does not leave the instance.
    unchecked = ssl._create_unverified_context()  # noqa: S323 (as said)
    connection = http.client.HTTPSConnection("localhost", PORT, timeout=SECONDS, context=unchecked)
    try:
        connection.request("GET", f"/api/{kind}")
        reply = connection.getresponse()
        body = reply.read()
    finally:
        connection.close()
    if reply.status != http.client.OK:
        raise OSError(f"Jupyter answers {reply.status} when it is asked for its {kind}")
    found: list[dict[str, Any]] = json.loads(body)
    return found


def main(minutes: int) -> None:
    """Look once, and stop the instance if it is idle.

    A timer of the instance runs it as root, by the standard library alone: whoever works in the
    notebook is not root, and cannot switch it off.
    """
    up = timedelta(seconds=float(UPTIME.read_text("ascii").split()[0]))
    limit = timedelta(minutes=minutes)
    sessions, terminals = ask("sessions"), ask("terminals")
    if not is_idle(sessions, terminals, now=datetime.now(UTC), up=up, limit=limit):
        return
    name = json.loads(METADATA.read_text("utf-8"))["ResourceName"]
    asked = ["aws", "sagemaker", "stop-notebook-instance", "--notebook-instance-name", name]
    subprocess.run(asked, check=True, timeout=120)  # noqa: S603 (no shell; the name is AWS's)


if __name__ == "__main__":
    main(int(sys.argv[1]))
