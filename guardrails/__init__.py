"""The security rules every architecture answers to, closed unless proven open.

    app = App(post_cli_context=FAIL_CLOSED, builtin_cloud_formation_validation=False)
    guard(app, packs=DEFAULT_PACKS)
    waive(function, "outside_vpc", because="It calls AWS's own APIs and nothing that is private.")
    waive(role, "object_wildcard", because=..., findings=[below(frames, "/shop/*")])
    app.synth(), gate(app)

``waive`` takes an L2 (or its resource) once it exists and finds the one resource that the concern
is about; it raises where that is not clear. ``CONCERNS`` lists what can be waived, by name;
``python -m guardrails.ledger cdk.out`` prints what was.
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
