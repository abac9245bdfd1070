"""Run an operator's command: ``python -m operations redrive STACK``, or another of its verbs."""

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from operations.deployments import rollback, shift, weight_of
from operations.erasure import erase
from operations.experiments import HEADS, begin, conclusion, end, readout, rows
from operations.failed_documents import Record
from operations.lake_objects import Person
from operations.outcome import OperationError, Outcome
from operations.redrive import redrive

WIDE = 300  # characters
Run = Callable[[Any, argparse.Namespace, Console], dict[str, Outcome]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status, 0 if nothing stays that should not."""
    options = _parser().parse_args(arguments)
    # A file or a pipe has no width: there, no word is cut in two.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
    session = boto3.session.Session(region_name=options.region)
    try:
        done = options.run(session, options, console)
    except (OperationError, ClientError, BotoCoreError) as error:
        print(f"{options.command}: {error}", file=sys.stderr)
        return 1
    if done:
        _tell(console, done, dry_run=options.dry_run)
    return int(any(outcome.has_failed for outcome in done.values()))


def _redrive(session: Any, options: argparse.Namespace, console: Console) -> dict[str, Outcome]:
    return redrive(
        session,
        options.stack,
        refused_too=options.refused_too,
        dry_run=options.dry_run,
        show=lambda records: _track(console, records),
    )


def _erase(session: Any, options: argparse.Namespace, _: Console) -> dict[str, Outcome]:
    person = Person(options.dataset, options.column, options.value)
    return erase(session, options.stack, person, dry_run=options.dry_run)


def _rollback(session: Any, options: argparse.Namespace, _: Console) -> dict[str, Outcome]:
    return rollback(session, options.stack, dry_run=options.dry_run)


def _shift(session: Any, options: argparse.Namespace, _: Console) -> dict[str, Outcome]:
    return shift(session, options.stack, dict(options.weights), dry_run=options.dry_run)


def _challenge(session: Any, options: argparse.Namespace, _: Console) -> dict[str, Outcome]:
    if options.winner:
        return end(session, options.stack, options.winner, dry_run=options.dry_run)
    return begin(session, options.stack, options.package, options.percent, dry_run=options.dry_run)


def _readout(session: Any, options: argparse.Namespace, console: Console) -> dict[str, Outcome]:
    told = readout(session, options.stack)
    title = f"{told['config']} since {told['since']}"
    table = Table(*HEADS, box=None, pad_edge=False, title=title)
    for row in rows(told):
        table.add_row(*map(escape, row))
    console.print(table)
    console.print(conclusion(told))
    return {}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    about = "send dead letters back to their queue, undelivered events to their target, and start "
    about += "failed documents again"
    command = _command(commands, "redrive", about, _redrive)
    command.add_argument(
        "--refused-too",
        action="store_true",
        help="also start again what was refused as bad input, after a setting was changed",
    )
    about = "take one person out of a lake, out of every zone, snapshot and version, and scan"
    command = _command(commands, "erase", about, _erase)
    command.add_argument("--dataset", required=True, help="where the person is named")
    command.add_argument("--column", required=True, help="the column that its contract calls one")
    command.add_argument("--value", required=True, help="what is in that column")
    about = "have the model serve again that served before the one that does"
    _command(commands, "rollback", about, _rollback)
    about = "give variants of an endpoint other weights, at once and without an update"
    command = _command(commands, "shift", about, _shift)
    command.add_argument(
        "weights", nargs="+", type=weight_of, metavar="VARIANT=WEIGHT", help="such as Champion=0.6"
    )
    about = "have an approved package stand beside the one that serves, or the winner alone serve"
    command = _command(commands, "challenge", about, _challenge)
    which = command.add_mutually_exclusive_group(required=True)
    which.add_argument("--package", help="the ARN of an approved version")
    which.add_argument("--winner", choices=("Champion", "Challenger"), help="ends the experiment")
    command.add_argument("--percent", type=int, default=10, help="its share, 1 to 99; default: 10")
    about = "tell how a challenger is beside its champion, and whether the experiment may stop"
    _command(commands, "readout", about, _readout)
    return parser


def _command(commands: Any, name: str, about: str, run: Run) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=about, description=about)
    command.set_defaults(run=run)
    command.add_argument("stack", metavar="STACK", help="name of the stack, such as ServiceChain")
    command.add_argument("--region", help="default: that of the environment or the profile")
    command.add_argument(
        "--dry-run",
        action="store_true",
        help="tell what would be done and why it failed, and do nothing",
    )
    return command


def _track(console: Console, records: Sequence[Record]) -> Iterable[Record]:
    if not console.is_terminal:
        return records
    return track(records, "starting again", console=console)


def _tell(console: Console, done: Mapping[str, Outcome], *, dry_run: bool) -> None:
    """Print what became of each place: words of any length, in rows that a shell can search."""
    table = Table(box=None, pad_edge=False, title="What would be done" if dry_run else None)
    for heading in ("Where", "How many", "What", "Why"):
        table.add_column(heading, overflow="fold")
    for place, outcome in done.items():
        for row in outcome.rows():
            table.add_row(place, *map(escape, row))
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
