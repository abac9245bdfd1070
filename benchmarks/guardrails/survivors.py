"""Why a mutant that nothing finds does no harm, or is none; what no line explains lacks a rule."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.guardrails.mutants import Mutant
from costs.markdown import table

HARMLESS, EQUIVALENT, MISSING = "harmless", "equivalent", "missing rule"
REASONS = Path(__file__).with_suffix(".toml")
MUTATORS = {"any": r"\w+", "text": "deleted|replaced|widened"}
TYPES = {"*": r"\S+"}
HEADS = ("Survivors", "Verdict", "Because", "Where")


@dataclass(frozen=True)
class Reason:
    """What explains survivors: of which types, mutators and properties, a pattern of each."""

    verdict: str
    why: str
    at: tuple[re.Pattern[str], ...]

    def fits(self, mutant: Mutant) -> bool:
        """Tell whether it explains this one."""
        type_, _, path = mutant.place.removeprefix("AWS::").partition(" ")
        return any(place.fullmatch(f"{type_} {mutant.done} {path}") for place in self.at)


@cache
def reasons() -> Sequence[Reason]:
    """Read all of them."""
    read = tomllib.loads(REASONS.read_text("utf-8"))["reason"]
    return [Reason(r["verdict"], r["why"], tuple(map(_place, r["at"]))) for r in read]


def _place(line: str) -> re.Pattern[str]:
    type_, done, path = line.split(" ", 2)
    mutators = MUTATORS.get(done, done.replace(",", "|"))
    return re.compile(rf"{TYPES.get(type_, type_)} ({mutators}) ({path})")


def reason_of(mutant: Mutant) -> Reason | None:
    """Return what explains a survivor, if anything does."""
    return next((reason for reason in reasons() if reason.fits(mutant)), None)


def class_of(mutant: Mutant) -> str:
    """Return the verdict on a survivor."""
    reason = reason_of(mutant)
    return reason.verdict if reason else MISSING


def unused(survivors: Sequence[Mutant]) -> list[str]:
    """Return the reasons that explain no survivor any more."""
    used = {reason_of(mutant) for mutant in survivors}
    return [reason.why for reason in reasons() if reason not in used]


def reasons_table(survivors: Sequence[Mutant]) -> str:
    """Tabulate why the survivors do no harm, with how many each reason explains, and where."""
    return table(HEADS, list(_rows(survivors)))


def _rows(survivors: Sequence[Mutant]) -> Iterator[list[str]]:
    explained = [(reason, m) for m in survivors if (reason := reason_of(m))]
    counts = Counter(reason for reason, _ in explained)
    for reason, count in counts.most_common():
        types = sorted({m.type.removeprefix("AWS::") for r, m in explained if r is reason})
        where = ", ".join(types) if len(types) < 6 else f"{len(types)} types"
        yield [f"{count:,}", reason.verdict, reason.why, where]
