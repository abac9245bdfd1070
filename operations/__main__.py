"""Run an operator's command: ``python -m operations redrive STACK``."""

import argparse
import sys
from collections.abc import Iterable, Sequence

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from rich.console import Console
from rich.progress import track

from operations.redrive import OperationError, Record, Redrive, redrive


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    console = Console(highlight=False)
    try:
        done = redrive(
            boto3.session.Session(region_name=options.region),
            options.stack,
            refused_too=options.refused_too,
            dry_run=options.dry_run,
            show=lambda records: _track(console, records),
        )
    except (OperationError, ClientError, BotoCoreError) as error:
        print(f"redrive: {error}", file=sys.stderr)
        return 1
    console.print("\n".join(_told(done, options)), markup=False, soft_wrap=True)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operations", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    about = "send dead letters back to their queue, and start failed documents again"
    command = commands.add_parser("redrive", help=about, description=about)
    command.add_argument("stack", metavar="STACK", help="name of the stack, such as ServiceChain")
    command.add_argument("--region", help="default: that of the environment or the profile")
    command.add_argument(
        "--refused-too",
        action="store_true",
        help="also start again what was refused as bad input, after a setting was changed",
    )
    command.add_argument(
        "--dry-run", action="store_true", help="count what would be done, and do nothing"
    )
    return parser


def _track(console: Console, records: Sequence[Record]) -> Iterable[Record]:
    if not console.is_terminal:
        return records
    return track(records, "starting again", console=console)


def _told(done: Redrive, options: argparse.Namespace) -> list[str]:
    would = "would " if options.dry_run else ""
    lines = [f"{would}move {queue}: {count} messages" for queue, count in done.moved.items()]
    lines.append(f"{would}start again: {done.started} documents")
    if done.refused:
        lines.append(
            f"left alone: {done.refused} that were refused as bad input; "
            "mend the settings and add --refused-too, or put a good object in their place"
        )
    return lines


if __name__ == "__main__":
    sys.exit(main())
