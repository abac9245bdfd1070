"""The rules in force, and the calls of services to one another, which pass no door."""

from sandbox.core.clock import CLOCK
from sandbox.faults import call_names
from sandbox.faults.rules import Rule, Rulebook

BOOK = Rulebook(call_names.why_never)
SAID = "injected by the sandbox"


DELIVERIES = 185  # what EventBridge tries, as often as any of them


def struck(action: str) -> Rule | None:
    """Return the rule that breaks a call which a service makes by itself; some only delay it."""
    for rule in BOOK.of("action"):
        if rule.concerns(action) and rule.strikes():
            if delay := rule.given.get("delay"):
                CLOCK.rest(delay)
            if rule.given.get("code"):
                return rule
    return None


def struck_for_good(action: str) -> Rule | None:
    """Return the rule that breaks a service's delivery, which it tries for hours: here at once."""
    rule = None
    for _ in range(DELIVERIES):
        if (rule := struck(action)) is None:
            break
    return rule
