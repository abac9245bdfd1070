"""The command line: up, down, status, reset, env, deploy, destroy, faults, calls, and more."""

import argparse
import json
import os
import sys
import time
from collections.abc import Sequence
from typing import Any

from sandbox.host import client, process
from sandbox.host.environment import RealCredentialsError, export_lines
from sandbox.host.process import DEFAULT_PORT, HOME, SandboxError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except (SandboxError, RealCredentialsError) as error:
        print(f"sandbox: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox", description="An embedded AWS on 127.0.0.1 for this project."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Any, about: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=about, description=about)
        command.set_defaults(run=run)
        return command

    up = add("up", _up, "start it, and leave it running")
    up.add_argument("--port", type=_port, help=f"default {DEFAULT_PORT}, or a free one")
    up.add_argument("--no-iam", action="store_true", help="allow everything to everybody")
    add("down", _down, "stop it; its resources and data are gone")
    add("status", _status, "say whether it runs, and where")
    add("reset", _reset, "forget all resources, data, faults and counts")
    add("env", _env, 'print shell lines that point any AWS client at it: eval "$(... env)"')
    for name, run in (("deploy", _deploy), ("destroy", _destroy)):
        command = add(name, run, f"cdk {name} against it")
        command.add_argument("names", nargs="+", metavar="NAME")
        command.add_argument("-c", dest="context", action="append", default=[], metavar="KEY=VALUE")
        command.add_argument("--app", help="instead of the app of cdk.json")
    faults = add("faults", _faults, "show the fault rules; put others in force; [] clears them")
    faults.add_argument("rules", nargs="?", metavar="JSON")
    add("calls", _calls, "show how often each API action was called")
    add("problems", _problems, "show what AWS would have dropped without a word")
    add("replaced", _replaced, "list what stands around MiniStack's functions, and why")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65_535:
        raise argparse.ArgumentTypeError(f"it is {text!r}; allowed: a number from 1 to 65535")
    return int(text)


def _up(options: argparse.Namespace) -> None:
    already = process.running(HOME)
    if already is not None:
        raise SandboxError(
            f"already up on port {already.port}; stop it first with: python -m sandbox down"
        )
    port = options.port or DEFAULT_PORT
    if not process.is_free(port):
        if options.port:
            raise SandboxError(f"port {port} is in use; leave out --port to have one chosen")
        port = process.free_port()
        print(f"port {DEFAULT_PORT} is in use, so this is port {port}")
    begun = time.monotonic()
    server, _ = process.start(HOME, port=port, iam=not options.no_iam, lives_with_parent=False)
    seconds = time.monotonic() - begun
    iam = "IAM enforced" if server.iam else "IAM off"
    print(f"up in {seconds:.1f} s: http://127.0.0.1:{port}, {iam}, log {server.log}")
    print('point a shell at it with: eval "$(python -m sandbox env)"')


def _down(_options: argparse.Namespace) -> None:
    server = process.running(HOME)
    if server is None:
        print("nothing was up")
        return
    process.stop(server)
    print(f"stopped (process {server.pid}, port {server.port})")


def _status(_options: argparse.Namespace) -> None:
    server = process.running(HOME)
    if server is None:
        raise SandboxError("not up; start it with: python -m sandbox up")
    process.request(server.port, "GET", "/_sandbox/status")
    iam = "IAM enforced" if server.iam else "IAM off"
    print(f"up: http://127.0.0.1:{server.port}, {iam}, process {server.pid}, log {server.log}")


def _reset(_options: argparse.Namespace) -> None:
    client.attach().reset()
    print("all resources and data are gone")


def _env(_options: argparse.Namespace) -> None:
    print("\n".join(export_lines(os.environ, client.attach().server.port)))


def _deploy(options: argparse.Namespace) -> None:
    sandbox = client.attach()
    outputs = sandbox.deploy(*options.names, context=_context(options), app=options.app)
    for stack, values in outputs.items():
        for name, value in values.items():
            print(f"{stack}.{name} = {value}")


def _destroy(options: argparse.Namespace) -> None:
    client.attach().destroy(*options.names, context=_context(options), app=options.app)


def _context(options: argparse.Namespace) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in options.context]
    if bad := [key for key, equals, _ in pairs if not equals]:
        raise SandboxError(f"-c {bad[0]} has no value; write -c {bad[0]}=VALUE")
    return {key: value for key, _, value in pairs}


def _faults(options: argparse.Namespace) -> None:
    rules = None
    if options.rules is not None:
        try:
            rules = json.loads(options.rules)
        except ValueError as error:
            raise SandboxError(f"the faults are not JSON: {error}") from error
    print(json.dumps(client.attach().faults(rules), indent=2))


def _calls(_options: argparse.Namespace) -> None:
    print(json.dumps(client.attach().calls(), indent=2))


def _problems(_options: argparse.Namespace) -> None:
    print(json.dumps(client.attach().problems(), indent=2))


def _replaced(_options: argparse.Namespace) -> None:
    # Of all commands only this one needs MiniStack itself, which takes a while to import.
    from sandbox.core import patching
    from sandbox.host import server

    server.prepare()
    print(patching.table())
