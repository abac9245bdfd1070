"""The rules by which things go wrong on purpose: what they may say, and when they strike."""

import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from sandbox.faults.call_counts import CallCounts

_SHARED: dict[str, type | tuple[type, ...]] = {"rate": (int, float), "times": int, "seed": int}
_KINDS: dict[str, dict[str, type | tuple[type, ...]]] = {
    "kill_function": {"kill_function": str, "action": str, "after_seconds": (int, float)},
    "interrupt_spot": {
        "interrupt_spot": str,
        "after_seconds": (int, float),
        "after_checkpoints": int,
    },
    "event": {
        "event": str,
        "duplicate": (int, float),
        "shuffle": bool,
        "within": (int, float),
        "lose": (int, float),
        "fail": (int, float),
        "source": str,
        "detail_type": str,
    },
    "action": {
        "action": str,
        "resource": str,
        "code": str,
        "status": int,
        "delay": (int, float),
        "after": bool,
    },
}
_FRACTIONS = ("rate", "duplicate", "lose", "fail")
_EVENTS = ("sqs", "eventbridge")
_OF_EVENTBRIDGE = ("lose", "fail", "source", "detail_type")
_USUAL_STATUS = {
    "InternalError": 500,
    "InternalServerError": 500,
    "InternalFailure": 500,
    "InternalServerException": 500,
    "SlowDown": 503,
    "ServiceUnavailable": 503,
    "ServiceUnavailableException": 503,
    "TooManyRequestsException": 429,
}


class Rule:
    """One kind of trouble, and how often it has struck.

    With a ``seed`` the sequence of strikes is the same in every run.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self.given = dict(given)
        self.kind = next(kind for kind in _KINDS if kind in given)
        self.hits = 0
        self._draws = 0
        self._seed = str(given.get("seed", secrets.token_hex(8)))
        self._lock = threading.Lock()

    def concerns(self, action: str, resource: str = "") -> bool:
        """Tell whether the rule speaks of this API action, on what has this ARN."""
        return fnmatchcase(action, self.given.get("action", "")) and fnmatchcase(
            resource, self.given.get("resource", "*")
        )

    def concerns_event(self, event: str, source: str = "", detail_type: str = "") -> bool:
        """Tell whether the rule speaks of an event on its way to this kind of receiver."""
        return (
            self.given["event"] == event
            and fnmatchcase(source, self.given.get("source", "*"))
            and fnmatchcase(detail_type, self.given.get("detail_type", "*"))
        )

    def strikes(self, rate: float | None = None) -> bool:
        """Decide for one occasion, and count it when it strikes."""
        with self._lock:
            if self.is_spent:
                return False
            chance = self.given.get("rate", 1) if rate is None else rate
            if self._fraction() >= chance:
                return False
            self.hits += 1
            return True

    def fraction(self) -> float:
        """Draw a number in [0, 1)."""
        with self._lock:
            return self._fraction()

    def _fraction(self) -> float:
        self._draws += 1
        digest = hashlib.sha256(f"{self._seed}:{self._draws}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64

    @property
    def is_spent(self) -> bool:
        """Whether the rule has struck as often as it may."""
        return "times" in self.given and self.hits >= self.given["times"]

    @property
    def status(self) -> int:
        """The HTTP status of the injected error."""
        usual = _USUAL_STATUS.get(self.given.get("code", ""), 400)
        return int(self.given.get("status", usual))

    def described(self) -> dict[str, Any]:
        """Return the rule as it was given, with its hits."""
        return {**self.given, "hits": self.hits}


class Rulebook:
    """The rules in force, and how often each API action was called.

    ``why_never`` says of an action, which may hold wildcards, why no call can have that name.
    """

    def __init__(self, why_never: Callable[[str], str | None] = lambda _action: None) -> None:
        self._why_never = why_never
        self._rules: tuple[Rule, ...] = ()
        self.call_counts = CallCounts()

    def replace(self, given: object) -> None:
        """Put these rules in force, all or none of them."""
        rules = parse(given)
        for number, rule in enumerate(rules, start=1):
            if why := self._never(rule.given):
                raise ValueError(f"fault rule {number} can never strike: {why}")
        self._rules = rules

    def _never(self, given: Mapping[str, Any]) -> str | None:
        for name in ("rate", "times"):
            if given.get(name) == 0:
                return f"its {name} is 0"
        return self._why_never(given["action"]) if "action" in given else None

    def of(self, kind: str) -> list[Rule]:
        """List the rules of one kind, in the order given."""
        return [rule for rule in self._rules if rule.kind == kind]

    def described(self) -> list[dict[str, Any]]:
        """Show every rule with its hits."""
        return [rule.described() for rule in self._rules]

    def forget(self) -> None:
        """Drop all rules and counts."""
        self._rules = ()
        self.call_counts.clear()


def parse(given: object) -> tuple[Rule, ...]:
    """Check rules that a person wrote; raises ValueError with what is wrong and what is allowed."""
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ValueError(f"faults are a list of rules, not {type(given).__name__}")
    return tuple(_rule(number, rule) for number, rule in enumerate(given, start=1))


def _rule(number: int, given: object) -> Rule:
    where = f"fault rule {number}"
    if not isinstance(given, Mapping):
        raise ValueError(f"{where} is an object, not {type(given).__name__}")
    given = {name: value for name, value in given.items() if name != "hits"}
    kind = next((kind for kind in _KINDS if kind in given), None)
    if kind is None:
        raise ValueError(f"{where} names none of {', '.join(_KINDS)}; it needs one")
    allowed = {**_KINDS[kind], **_SHARED}
    for name, value in given.items():
        if name not in allowed:
            raise ValueError(f"{where}: unknown key {name!r}; allowed: {', '.join(allowed)}")
        fits = isinstance(value, allowed[name])
        if not fits or (isinstance(value, bool) and allowed[name] is not bool):
            raise ValueError(f"{where}: {name} cannot be {value!r}")
        if name in _FRACTIONS and not 0 <= value <= 1:
            raise ValueError(f"{where}: {name} is {value}, allowed: 0 to 1")
        if name not in _FRACTIONS and isinstance(value, int | float) and value < 0:
            raise ValueError(f"{where}: {name} is {value}, allowed: 0 or more")
    _check_sense(where, kind, given)
    return Rule(given)


def _check_sense(where: str, kind: str, given: Mapping[str, Any]) -> None:
    if kind == "event":
        _check_event(where, given)
    if kind == "action" and not (given.get("code") or given.get("delay")):
        raise ValueError(f"{where} does nothing; give it a code or a delay")
    if kind == "action" and given.get("after") and not given.get("code"):
        raise ValueError(f"{where}: after is for a call whose reply is lost; give it a code")
    if "status" in given and not 400 <= given["status"] <= 599:
        raise ValueError(f"{where}: status is {given['status']}, allowed: 400 to 599")


def _check_event(where: str, given: Mapping[str, Any]) -> None:
    event = given["event"]
    if event not in _EVENTS:
        raise ValueError(f"{where}: event is {event!r}, allowed: {', '.join(map(repr, _EVENTS))}")
    foreign = [name for name in _OF_EVENTBRIDGE if name in given and event != "eventbridge"]
    if foreign:
        raise ValueError(f"{where}: {', '.join(foreign)} is for the event 'eventbridge' only")
    does = ("duplicate", "shuffle", *(("lose", "fail") if event == "eventbridge" else ()))
    if not any(given.get(name) for name in does):
        raise ValueError(f"{where} does nothing; give it {' or '.join(does)}")
