"""What an A/B test says so far, and whether it may stop: valid however often one looks. Pure."""

import math
from dataclasses import dataclass
from enum import StrEnum

FEWEST = 100  # observations of each variant: below, an estimated variance is none
FEWEST_EVENTS = 10  # of a rate: this many ones, and this many zeros, of both variants together


class Verdict(StrEnum):
    """What follows: stop for the better one, stop for want of a difference, or go on."""

    NO_DATA = "no data"
    TOO_FEW = "too few"
    ONE_CLASS = "one class"
    GO_ON = "go on"
    CHALLENGER_HIGHER = "challenger higher"
    CHALLENGER_LOWER = "challenger lower"
    ALIKE = "alike"


@dataclass(frozen=True, slots=True)
class Sample:
    """What one variant gave: how many observations, their sum, and the sum of their squares."""

    count: int
    total: float
    squares: float

    @classmethod
    def of_rate(cls, count: int, events: int) -> "Sample":
        """Take a rate, such as clicks among answers, as ones and zeros."""
        return cls(count, events, events)

    @property
    def mean(self) -> float:
        """The mean of the observations."""
        return self.total / self.count

    @property
    def variance(self) -> float:
        """The unbiased variance of the observations."""
        return max(0.0, (self.squares - self.total**2 / self.count) / (self.count - 1))


@dataclass(frozen=True, slots=True)
class Readout:
    """A verdict, and where it is told: challenger less champion, its bounds, and a p-value.

    Bounds and p-value hold at every look together: bounds that were once told stay true, and the
    p-value may be compared with the error rate at any time.
    """

    verdict: Verdict
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p_value: float | None = None

    @property
    def stops(self) -> bool:
        """Whether nothing more is to be learnt at this error rate and effect."""
        return self.verdict in {
            Verdict.CHALLENGER_HIGHER,
            Verdict.CHALLENGER_LOWER,
            Verdict.ALIKE,
        }


def read_rates(
    champion: Sample, challenger: Sample, *, effect: float, error_rate: float = 0.05
) -> Readout:
    """Compare two rates; the variance is that of both together, as it is if they do not differ.

    A window in which all answers are of one class says nothing, and says so.
    """
    if not champion.count or not challenger.count:
        return Readout(Verdict.NO_DATA)
    events = champion.total + challenger.total
    seen = champion.count + challenger.count
    if events in {0, seen}:
        return Readout(Verdict.ONE_CLASS)
    if min(events, seen - events) < FEWEST_EVENTS:
        return Readout(Verdict.TOO_FEW)
    pooled = events / seen * (1 - events / seen)
    apart = pooled / champion.count + pooled / challenger.count
    return _read(champion, challenger, apart, effect, error_rate)


def read_means(
    champion: Sample, challenger: Sample, *, effect: float, error_rate: float = 0.05
) -> Readout:
    """Compare two means, such as of latencies in milliseconds; variances may differ.

    ``effect`` is the smallest difference that is worth a decision: the test is quickest about
    there, and stops as ``ALIKE`` once the bounds exclude any as large. Raises ValueError for an
    effect or an error rate that cannot be.
    """
    if not champion.count or not challenger.count:
        return Readout(Verdict.NO_DATA)
    if min(champion.count, challenger.count) < FEWEST:
        return Readout(Verdict.TOO_FEW)
    apart = champion.variance / champion.count + challenger.variance / challenger.count
    return _read(champion, challenger, apart, effect, error_rate)


def _read(
    champion: Sample, challenger: Sample, apart: float, effect: float, error_rate: float
) -> Readout:
    """Weigh the difference, whose variance is ``apart``; ``effect`` is the mixture's deviation.

    By the mixture sequential probability ratio test (Robbins 1970; Johari, Pekelis and Walsh,
    https://arxiv.org/abs/1512.04922): under no difference, the chance that it *ever* says there is
    one is at most the error rate. It takes the estimated variance for the true one, so nothing is
    said of small samples.
    """
    if not (0 < effect < math.inf and 0 < error_rate < 1):
        raise ValueError(
            f"effect is {effect}, error rate {error_rate}; allowed: an effect above 0 in the "
            "measure's own unit, and a rate between 0 and 1; change the settings of the experiment"
        )
    if min(champion.count, challenger.count) < FEWEST:
        return Readout(Verdict.TOO_FEW)
    difference = challenger.mean - champion.mean
    if apart == 0:  # every observation of a variant is the same number
        return Readout(Verdict.ONE_CLASS, difference)
    mixed = effect**2
    whole = apart + mixed
    evidence = mixed * difference**2 / (2 * apart * whole) - math.log(whole / apart) / 2
    p_value = math.exp(min(0.0, -evidence))
    squared = 2 * apart * whole / mixed * (math.log(whole / apart) / 2 - math.log(error_rate))
    width = math.sqrt(squared)
    low, high = difference - width, difference + width
    if p_value <= error_rate:
        verdict = Verdict.CHALLENGER_HIGHER if difference > 0 else Verdict.CHALLENGER_LOWER
    elif -effect < low and high < effect:
        verdict = Verdict.ALIKE
    else:
        verdict = Verdict.GO_ON
    return Readout(verdict, difference, low, high, p_value)
