"""The sections with which every report ends: times, costs, what stands in, responsible use."""

from demos.report.blocks import Badge, Table, Text, Timeline, numbers
from demos.report.sections import Report, Section, StandIn

CDK = StandIn(
    "Templates, synth checks, cdk deploy",
    True,
    "The same app and the same CDK command line as for an account.",
)
EMULATOR = (
    "The MiniStack emulator. Policies are enforced; durability, scale and speed are not AWS's."
)


def closing_sections(report: Report) -> list[Section]:
    """End a report."""
    return [_time(report), _cost(report), _stand_ins(report), _responsible_use(report)]


def _time(report: Report) -> Section:
    title = "The phases of this run"
    phases = [(phase.name, round(phase.seconds, 1)) for phase in report.phases]
    return Section(
        "time",
        "Where the time went",
        "Measured on this machine while everything ran on it: the real CDK command line, the "
        f"emulator, {report.beside}. AWS's times differ.",
        [Timeline(title, phases), numbers("The phases", ["Phase", "Seconds"], phases)],
    )


def _cost(report: Report) -> Section:
    rows = [(line.item, f"{line.low:.5f}", f"{line.high:.5f}", line.why) for line in report.costs]
    low, high = (sum(getattr(line, case) for line in report.costs) for case in ("low", "high"))
    return Section(
        "cost",
        "What this run would cost at AWS",
        f"${low:.3f} to ${high:.3f} at list prices of us-east-1: {report.counted}, which also has "
        "what a month costs at rest.",
        [Table("A good day and a bad one", ["Item", "Low, $", "High, $", "Because"], rows)],
    )


def _stand_ins(report: Report) -> Section:
    rows = [
        (s.what, Badge("real", "accent") if s.is_real else Badge("stand-in", "warn"), s.how)
        for s in report.stand_ins
    ]
    return Section(
        "stand-ins",
        "What is real here, and what stands in",
        f"Answers that the sandbox marked synthetic: {', '.join(report.synthetic) or 'none'}.",
        [Table("In this sandbox", ["What", "Is", "How"], rows)],
    )


def _responsible_use(report: Report) -> Section:
    return Section(
        "responsibility",
        "Responsible use",
        "What this architecture is for, and what it must not be used for.",
        [Text(report.responsible_use, "list")],
    )
