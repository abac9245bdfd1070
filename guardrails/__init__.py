"""The security rules every architecture answers to, closed unless proven open.

    app = App(post_cli_context=FAIL_CLOSED, builtin_cloud_formation_validation=False, ...)
    guard(app, packs=DEFAULT_PACKS)
    waive(function, "outside_vpc", because="It calls AWS APIs only and holds no state of ours.")
    waive(role, "object_wildcard", findings=(below(frames),), because="Uploaders choose the keys.")
    app.synth(); gate(app)

``waive`` takes an L2 and finds its resource; call it after the construct is complete. ``CONCERNS``
lists what can be waived, ``guardrails.findings`` spells IAM findings.
"""

from guardrails.concerns import CONCERNS, Concern
from guardrails.findings import below
from guardrails.gate import GateClosed, gate
from guardrails.guard import FAIL_CLOSED, guard
from guardrails.packs import ALL_PACKS, DEFAULT_PACKS
from guardrails.waivers import waive, waivers_of

__all__ = [
    "ALL_PACKS",
    "CONCERNS",
    "DEFAULT_PACKS",
    "FAIL_CLOSED",
    "Concern",
    "GateClosed",
    "below",
    "gate",
    "guard",
    "waive",
    "waivers_of",
]
