"""The alarms about runs."""

from stacks.data_lake.flow import Flow
from stacks.shared.alarm import AlarmText
from stacks.shared.monitoring import Monitoring

# What it means that an execution did not succeed, by machine.
ENDED_BADLY = {
    "Run": AlarmText(
        severity="high",
        happened="A run failed, was stopped or ran out of time.",
        do="Its failure record says why: mend that, then redrive.",
        heading="Failed runs",
    ),
    "Ended": AlarmText(
        severity="high",
        happened="A run failed off the record: a redrive would miss it.",
        do="Mend what stopped the machine that records, then start its execution again.",
        heading="Failures off the record",
    ),
    "Arrived": AlarmText(
        severity="low",
        happened="A file that was modeled has started no run.",
        do="Mend what the log of the machine names; any other run takes the file, too.",
        heading="Arrivals that start no run",
    ),
}


def monitor_flow(monitoring: Monitoring, flow: Flow) -> None:
    """Raise an alarm for what failed, of which a run is the least, and for what nobody took."""
    monitoring.monitor_dead_letters(flow.undelivered)
    for machine in flow.machines:
        monitoring.monitor_machine(machine, ENDED_BADLY[machine.node.id])
