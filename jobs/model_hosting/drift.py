"""Whether a window of requests is drawn as the rows were that the model has learnt from. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from model_hosting.binned_tests import chi_square, joined, stability_index
from model_hosting.multiple_tests import holm
from runtime.columns import Texts, Values, present, rows_of
from runtime.reference_summary import LEVELS, FeatureSummary, ReferenceSummary
from runtime.safe_bins import NumberBins

FEWEST_ROWS = 100


@dataclass(frozen=True, slots=True)
class Limits:
    """What rings: ``error_rate`` of a window, and how large a change has to be to matter.

    ``distance`` is that of two distribution functions or rates, ``stability`` a PSI.
    """

    error_rate: float = 0.01
    distance: float = 0.05
    stability: float = 0.02


@dataclass(frozen=True, slots=True)
class Finding:
    """One test of one feature: how far apart, how likely by chance, and whether that rings."""

    feature: str
    test: str
    size: float
    p_value: float
    drifted: bool


@dataclass(frozen=True, slots=True)
class WindowReport:
    """What a window of ``rows`` says; ``told`` are the reasons why something was not tested."""

    rows: int
    findings: tuple[Finding, ...]
    told: tuple[str, ...]

    @property
    def drifted(self) -> bool:
        """Whether anything rings."""
        return any(each.drifted for each in self.findings)


@dataclass(frozen=True, slots=True)
class Comparison:
    """One test before it is judged; it rings only if its size is ``least`` or more, too."""

    feature: str
    name: str
    size: float
    p_value: float
    least: float


def judge_window(
    reference: ReferenceSummary,
    columns: Mapping[str, Sequence[Any]],
    limits: Limits | None = None,
    beside: Sequence[Comparison] = (),
) -> WindowReport:
    """Test every feature of a window, for its distribution, its missing cells and its range.

    The test fits the feature: Kolmogorov and Smirnov's only for numbers that hardly repeat (of
    counts it all but never rings), chi-square on safe bins for all others. One error rate holds for
    all of them together, and what was compared ``beside`` them.
    """
    limits = limits or Limits()
    rows = rows_of(columns)
    tests, told = list(beside), list[str]()
    if rows < FEWEST_ROWS:
        told.append(f"{rows} rows are too few to judge: want {FEWEST_ROWS}")
    for summary in reference.features if rows >= FEWEST_ROWS else ():
        if summary.name not in columns:
            told.append(f"{summary.name}: no such column in the window")
            continue
        cells, missing = present(columns[summary.name], summary.kind)
        tests.append(_missing(summary, len(cells), missing, limits))
        if len(cells) and summary.held:
            tests += _values(summary, cells, limits)
        elif len(cells) or summary.held:
            where = "reference" if len(cells) else "window"
            told.append(f"{summary.name}: every cell of the {where} is missing")
    adjusted = holm([test.p_value for test in tests])
    findings = tuple(
        Finding(
            test.feature,
            test.name,
            test.size,
            p_value,
            p_value <= limits.error_rate and test.size >= test.least,
        )
        for test, p_value in zip(tests, adjusted, strict=True)
    )
    return WindowReport(rows, findings, tuple(told))


def _missing(summary: FeatureSummary, held: int, missing: int, limits: Limits) -> Comparison:
    """Compare how many cells hold nothing, exactly."""
    table = [[summary.missing, summary.held], [missing, held]]
    before, now = summary.missing / (summary.missing + summary.held), missing / (missing + held)
    p_value = float(stats.fisher_exact(table)[1])
    return Comparison(summary.name, "missing", abs(now - before), p_value, limits.distance)


def _values(summary: FeatureSummary, cells: Values | Texts, limits: Limits) -> list[Comparison]:
    if summary.quantiles:
        return [_smirnov(summary, cells, limits), _range(summary, cells, limits)]
    bins = summary.bins
    if bins is None:
        raise ValueError(f"the summary of {summary.name} has neither quantiles nor bins; renew it")
    table = joined(summary.counts, bins.count(cells))
    found = Comparison(
        summary.name, "chi-square", stability_index(table), chi_square(table), limits.stability
    )
    if summary.kind == "category":
        return [found]
    return [found, *_repeated(summary, cells, limits), _range(summary, cells, limits)]


def _repeated(summary: FeatureSummary, values: Values, limits: Limits) -> list[Comparison]:
    """Compare how often a number is the one that most rows share, such as nothing spent.

    One cell of a table says more of it than ten do.
    """
    bins = summary.bins
    if summary.kind != "number" or not isinstance(bins, NumberBins) or not bins.atoms:
        return []
    most = max(range(len(bins.atoms)), key=summary.counts.__getitem__)
    before, now = summary.counts[most], int((values == bins.atoms[most]).sum())
    table = [[before, summary.held - before], [now, len(values) - now]]
    size = abs(now / len(values) - before / summary.held)
    chance = float(stats.fisher_exact(table)[1])
    return [Comparison(summary.name, "repeated value", size, chance, limits.distance)]


def _smirnov(summary: FeatureSummary, values: Values, limits: Limits) -> Comparison:
    """Compare distribution functions; what the quantiles leave open speaks against a distance."""
    finite = np.clip(values, np.finfo(np.float64).min, np.finfo(np.float64).max)
    levels = np.linspace(0, 1, len(summary.quantiles))
    quantiles = np.asarray(summary.quantiles)
    found = stats.kstest(finite, lambda x: np.interp(x, quantiles, levels), method="asymp")
    distance = max(0.0, float(found.statistic) - 1 / LEVELS)
    effective = summary.held * len(values) / (summary.held + len(values))
    p_value = float(stats.kstwobign.sf(distance * effective**0.5))
    return Comparison(summary.name, "kolmogorov-smirnov", distance, p_value, limits.distance)


def _range(summary: FeatureSummary, values: Values, limits: Limits) -> Comparison:
    """Count the values outside of what was seen before.

    Of as many draws as before, a further one is outside as often as a beta variable says; so the
    number of those outside is beta-binomial, exactly if values never repeat, and else at most.
    """
    outside = int(((values < summary.low) | (values > summary.high)).sum())
    chance = stats.betabinom.sf(outside - 1, len(values), 2, max(1, summary.held - 1))
    return Comparison(
        summary.name, "range", outside / len(values), float(chance), limits.distance / 5
    )
