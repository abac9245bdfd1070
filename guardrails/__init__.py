"""The security rules every architecture answers to, closed unless proven open."""

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
