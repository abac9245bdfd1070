"""What a thousand runs of the data lake cost, beside the jobs that they run."""

from costs.bill import Line, line
from costs.markdown import table

RUNS = 1_000
TRANSITIONS = 24  # of a run that finds nothing new, as the tests count them
NEWS = 8  # more, of one that has something to tell
LOOKS = 3 * 3 * 9  # high: of three checks, each looked at in three states for three minutes
FILES = 100  # high: that start one run
STATE_LINE_BYTES = 2_000  # of log, in which data is left out
RUN_ALARM_METRICS = 9  # three endings of two machines, two of an express one, what was undelivered


def per_thousand_runs() -> list[Line]:
    """Itemise a thousand runs that somebody or a schedule starts; high: that files start."""
    states = TRANSITIONS + NEWS + LOOKS
    return [
        line("Step Functions", "state_transition", RUNS * TRANSITIONS, RUNS * states,
             f"{TRANSITIONS} states a run; high: {states}"),
        line("Step Functions, express", "express_request", 0, RUNS * FILES,
             f"high: one for each of {FILES} files a run"),
        line("DynamoDB, writes", "dynamodb_write", RUNS * 2, RUNS * (3 + FILES),
             "to take the turn and leave it; high: and one a file"),
        line("DynamoDB, reads", "dynamodb_read", RUNS, RUNS * 4, "a look for what arrived"),
        line("EventBridge", "eventbridge_event", 0, RUNS, "high: each run fails"),
        line("KMS", "kms_request", RUNS * 4, RUNS * (12 + FILES / 10),
             "executions, their logs, the table"),
        line("CloudWatch Logs", "logs_ingest", RUNS * TRANSITIONS * STATE_LINE_BYTES / 1e9,
             RUNS * (states + 4 * FILES) * STATE_LINE_BYTES / 1e9, "some lines a state"),
    ]  # fmt: skip


def runs_table() -> str:
    """Tabulate the bill."""
    lines = per_thousand_runs()
    rows = [[a.item, f"{a.low:.2f}", f"{a.high:.2f}", a.why] for a in lines]
    low, high = (sum(amounts) for amounts in zip(*((a.low, a.high) for a in lines), strict=True))
    rows.append(["**Total**", f"**{low:.2f}**", f"**{high:.2f}**", ""])
    return table(["US dollars for a thousand runs", "Low", "High", "Because"], rows)
