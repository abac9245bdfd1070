"""The sections with which every page ends: times, costs, what stands in, responsible use."""

from collections.abc import Iterable, Sequence

from demos.report import charts, tables
from demos.report.charts import Span
from demos.report.html import tag
from demos.report.page import Section
from demos.results import Cost, Phase, Results

StandIn = tuple[str, str, str]  # what it is, whether it is real, how it works
CDK: StandIn = (
    "Templates, synth checks, cdk deploy",
    "real",
    "The same app and the same CDK command line as for an account.",
)
EMULATOR = (
    "The MiniStack emulator. Policies are enforced; durability, scale and speed are not AWS's."
)


def closing_sections(
    results: Results,
    *,
    ran: str,
    counted: str,
    stand_ins: Iterable[StandIn],
    if_none: str = "none",
    use: Iterable[str],
) -> list[Section]:
    """End a page.

    ``ran`` names what shared the machine, ``counted`` what of the costs is counted and what
    modelled; ``if_none`` is said where no answer was marked synthetic.
    """
    return [
        _phases_section(
            results.phases,
            "Measured on this machine while everything ran on it: the real CDK command line, the "
            f"emulator, {ran}. AWS's times differ.",
        ),
        _costs_section(results.costs, f"{counted}, which also has what a month costs at rest."),
        _stand_ins_section(
            stand_ins,
            "Answers that the sandbox marked synthetic: "
            f"{', '.join(results.synthetic) or if_none}.",
        ),
        _responsibility_section(use),
    ]


def _phases_section(phases: Sequence[Phase], lead: str) -> Section:
    """Draw the phases of a run one after another."""
    spans, start = [], 0.0
    for phase in phases:
        spans.append(Span(phase.name, start, phase.seconds))
        start += phase.seconds
    rows = [(phase.name, round(phase.seconds, 1)) for phase in phases]
    title = "The phases of this run"
    return Section(
        "time",
        "Where the time went",
        lead,
        tables.scrolling(charts.timeline(spans, colour="s1", title=title), title)
        + tables.behind("The phases", ["Phase", "Seconds"], rows),
    )


def _costs_section(costs: Sequence[Cost], lead: str) -> Section:
    """Tabulate what a run would cost."""
    rows = [(c.item, f"{c.low:.5f}", f"{c.high:.5f}", c.why) for c in costs]
    low, high = sum(c.low for c in costs), sum(c.high for c in costs)
    return Section(
        "cost",
        "What this run would cost at AWS",
        f"${low:.3f} to ${high:.3f} at list prices of us-east-1: {lead}",
        tables.table("A good day and a bad one", ["Item", "Low, $", "High, $", "Because"], rows),
    )


def _stand_ins_section(stand_ins: Iterable[StandIn], lead: str) -> Section:
    """Say what is real in a run, and what is not."""
    rows = [
        (what, tag("span", mark, class_="tagged" if mark == "real" else "tagged standin"), how)
        for what, mark, how in stand_ins
    ]
    return Section(
        "stand-ins",
        "What is real here, and what stands in",
        lead,
        tables.table("In this sandbox", ["What", "Is", "How"], rows),
    )


def _responsibility_section(points: Iterable[str]) -> Section:
    """List what an architecture is for, and what it must not be used for."""
    return Section(
        "responsibility",
        "Responsible use",
        "What this architecture is for, and what it must not be used for.",
        tag("ul", *(tag("li", point) for point in points), class_="plain"),
    )
