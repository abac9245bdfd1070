"""What follows for an experiment of what its measures say, all of them together. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from model_hosting.readout import Readout, Sample, Verdict, read_means, read_rates

Name = Literal["failed", "right"]
# Of requests: answered with an error of the model's, and of those with a truth, told rightly.
MORE_IS_WORSE: Mapping[Name, bool] = {"failed": True, "right": False}


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that variants are compared by."""

    name: Name
    champion: Sample
    challenger: Sample
    readout: Readout

    @property
    def says(self) -> str:
        """What it says of the challenger: better, worse, alike, or go on."""
        verdict = self.readout.verdict
        if verdict == Verdict.ALIKE:
            return "alike"
        if verdict not in {Verdict.CHALLENGER_HIGHER, Verdict.CHALLENGER_LOWER}:
            return "go on"
        is_more = verdict == Verdict.CHALLENGER_HIGHER
        return "worse" if is_more == MORE_IS_WORSE[self.name] else "better"

    def told(self) -> dict[str, Any]:
        """Spell it as JSON; a rate of no requests is none."""
        readout = self.readout
        return {
            "measure": self.name,
            **{
                variant: {
                    "requests": sample.count,
                    "rate": sample.mean if sample.count else None,
                }
                for variant, sample in (
                    ("champion", self.champion),
                    ("challenger", self.challenger),
                )
            },
            "difference": readout.difference,
            "low": readout.low,
            "high": readout.high,
            "p_value": readout.p_value,
            "verdict": readout.verdict.value,
            "says": self.says,
        }


def measure(
    name: Name, champion: Sample, challenger: Sample, *, effect: float, error_rate: float
) -> Measure:
    """Compare by one of the measures; each has its part of the error rate, so that all keep it."""
    are_rates = all(each.total == each.squares for each in (champion, challenger))
    read = read_rates if are_rates else read_means
    part = error_rate / len(MORE_IS_WORSE)
    readout = read(champion, challenger, effect=effect, error_rate=part)
    return Measure(name, champion, challenger, readout)


def verdict_of(measures: Sequence[Measure]) -> str:
    """Say what follows: worse if anything is, else better; alike if nothing else can come.

    That there is a difference where there is none is said with at most the error rate's chance,
    however often this is asked.
    """
    said = {each.says for each in measures}
    for verdict in ("worse", "better"):
        if verdict in said:
            return verdict
    is_open = any(each.readout.verdict == Verdict.GO_ON for each in measures)
    few = any(each.readout.verdict == Verdict.TOO_FEW for each in measures)
    return "alike" if "alike" in said and not is_open and not few else "go on"
