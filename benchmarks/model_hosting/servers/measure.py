"""Ask all of them the same, in turn, and say it in Markdown."""

import json
import os
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data_lake.engines.consumed import cpu_seconds, peak_mib
from benchmarks.model_hosting.servers import model, started
from benchmarks.model_hosting.servers.asked import Asked, ask, request
from costs.markdown import table
from sandbox.host.process import SandboxError

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "5"))
WARM = 3.0  # seconds before anything is counted: Java compiles meanwhile
JSON, CSV = "application/json", "text/csv"
ROWS = 100
# What was wanted of the server of ours, beside AWS's: requests, p95, memory.
MORE, SOONER, SMALLER = 3.0, 0.5, 0.4


@dataclass(frozen=True, slots=True)
class Taken:
    """Of one round: requests a second and a CPU second, percentiles in ms, MiB at the most."""

    rate: float
    per_cpu: float
    p50: float
    p95: float
    mib: float


Server = Callable[[], AbstractContextManager[tuple[int, int]]]
Rounds = Mapping[str, Sequence[Taken]]


def report() -> tuple[str, str]:
    """Measure handlers in one server, then servers of one model."""
    if not started.PACKAGES.is_dir():
        raise SandboxError(
            f"no servers in {started.PACKAGES}; `make bench BENCH=ModelHosting` installs them"
        )
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        archive = folder / "archive"
        archive.mkdir()
        _run("archive", archive)
        ours = started.with_code(archive, folder / "ours", ours=True)
        default = started.with_code(archive, folder / "default", ours=False)
        servers: dict[str, Server] = {
            OWN: lambda: started.asgi(archive),
            AWS_OURS: lambda: started.multi_model_server(ours),
            AWS_DEFAULT: lambda: started.multi_model_server(default),
        }
        one, many = model.rows(1), model.lines(model.rows(ROWS))
        named, placed = model.by_name(one[0]), model.by_place(one[0])
        of_one = {OWN: named, AWS_OURS: named, AWS_DEFAULT: placed}
        single = _measured(servers, {name: (body, JSON) for name, body in of_one.items()})
        csv = _measured(servers, dict.fromkeys(servers, (many, CSV)))
        floors = {
            HANDLERS: [_floor(archive, "handlers") for _ in range(ROUNDS)],
            MODEL: [_floor(archive, "model") for _ in range(ROUNDS)],
        }
    return "A prediction asked for", told({**single, **floors}, csv)


OWN, AWS_OURS = "Ours, by uvicorn", "AWS's, our handlers"
AWS_DEFAULT = "AWS's, its own handlers"
HANDLERS, MODEL = "No server, our handlers", "No server, the model alone"


def _measured(servers: Mapping[str, Server], bodies: Mapping[str, tuple[bytes, str]]) -> Rounds:
    """Ask each in turn; raises SandboxError where two tell other numbers."""
    found: dict[str, list[Taken]] = {name: [] for name in servers}
    answers: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        for name, start in servers.items():
            body, content_type = bodies[name]
            with start() as (pid, port):
                taken, answer = _round(pid, port, body, content_type)
            found[name].append(taken)
            answers[name] = _numbers(answer)
            print(name, taken, flush=True)
    if len({tuple(f"{number:.6f}" for number in each) for each in answers.values()}) > 1:
        raise SandboxError(f"the servers tell different numbers: {answers}")
    return found


def _round(pid: int, port: int, body: bytes, content_type: str) -> tuple[Taken, bytes]:
    sent = request("/invocations", body, content_type, JSON)
    ask(port, sent, WARM)
    used = cpu_seconds(pid)
    asked = ask(port, sent, SECONDS)
    return _taken(asked, cpu_seconds(pid) - used, peak_mib(pid)), asked.answer


def _taken(asked: Asked, cpu: float, mib: float) -> Taken:
    count = len(asked.latencies)
    p50, p95 = (1000 * asked.percentile(share) for share in (0.5, 0.95))
    return Taken(count / sum(asked.latencies), count / cpu, p50, p95, mib)


def _numbers(answer: bytes) -> list[float]:
    found = json.loads(answer)
    return list(found["predictions"] if isinstance(found, dict) else found)


def _floor(archive: Path, what: str) -> Taken:
    found = json.loads(_run("floor", archive, what, str(SECONDS)).splitlines()[-1])
    return _taken(Asked(found["latencies"], b""), found["cpu"], found["mib"])


def _run(module: str, *arguments: Path | str) -> str:
    """Run a program of ours with what the servers have; returns what it prints."""
    done = subprocess.run(  # noqa: S603 (our own modules)
        [started.PYTHON, "-m", f"benchmarks.model_hosting.servers.{module}", *map(str, arguments)],
        cwd=started.ROOT,
        env={
            **os.environ,
            "OMP_NUM_THREADS": "1",
            "PYTHONPATH": started.path(started.ROOT, started.ROOT / "jobs", started.PACKAGES),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SandboxError(f"{module} did not come to its end:\n{done.stderr[-2000:]}")
    return done.stdout


def told(single: Rounds, csv: Rounds) -> str:
    """Write both tables, and hold the server of ours to what was wanted."""
    rows = [
        [what, *(f"{value:,.0f}" for value in (_of(took, "rate"), _of(took, "per_cpu"))),
         *(f"{_of(took, each):.2f}" for each in ("p50", "p95")), f"{_of(took, 'mib'):.0f}"]
        for what, took in single.items()
    ]  # fmt: skip
    handlers = [
        [what, f"{_of(found[AWS_OURS], 'per_cpu'):,.0f}",
         f"{_of(found[AWS_DEFAULT], 'per_cpu'):,.0f}",
         f"{_of(found[AWS_OURS], 'per_cpu') / _of(found[AWS_DEFAULT], 'per_cpu'):.2f}",
         f"{_of(found[AWS_OURS], 'p95'):.2f}", f"{_of(found[AWS_DEFAULT], 'p95'):.2f}"]
        for what, found in (("1 row of JSON", single), (f"{ROWS} rows of CSV", csv))
    ]  # fmt: skip
    return "\n\n".join(
        [
            HOW.format(rounds=ROUNDS, seconds=SECONDS, columns=model.COLUMNS, trees=model.TREES),
            table(["One row of JSON", "Requests a second", "Per CPU second", "p50, ms", "p95, ms",
                   "Memory, MiB"], rows),
            " ".join(_kept(single)),
            table(["In AWS's server", "Ours, per CPU second", "Toolkit's, per CPU second", "Ratio",
                   "Ours, p95, ms", "Toolkit's, p95, ms"], handlers),
        ]
    )  # fmt: skip


HOW = (
    "One model of xgboost with {columns} columns and {trees} trees, one worker each, one client"
    " over one connection, {rounds} rounds of {seconds:g} s in turn, medians. AWS's is"
    " multi-model-server 1.1.11 with sagemaker-inference 1.10.1, as its framework images run them,"
    " on Java 17. Our handlers take columns by name and hold each value to the signature; the"
    " toolkit's read an array in the model's order and check nothing. All have to tell the same"
    " numbers. Processor time and memory are those of the server and all below it."
)


def _of(rounds: Sequence[Taken], name: str) -> float:
    return float(statistics.median(getattr(each, name) for each in rounds))


def _kept(single: Rounds) -> list[str]:
    """Say how the server of ours stands beside AWS's with its own handlers."""
    own, aws = single[OWN], single[AWS_DEFAULT]
    more, sooner, smaller = (_of(own, n) / _of(aws, n) for n in ("per_cpu", "p95", "mib"))
    share = _of(own, "per_cpu") / _of(single[MODEL], "per_cpu")
    return [
        f"The server of ours answers {_wanted(more >= MORE, f'{more:.1f} times')} as many requests"
        f" in a CPU second (wanted: {MORE:g}),",
        f"with {_wanted(sooner <= SOONER, f'{sooner:.2f}')} of the p95 (wanted: {SOONER:g})",
        f"and {_wanted(smaller <= SMALLER, f'{smaller:.2f}')} of the memory (wanted: {SMALLER:g}).",
        f"It keeps {100 * share:.0f} % of the calls that the model alone answers.",
    ]


def _wanted(is_kept: bool, told: str) -> str:
    return told if is_kept else f"**{told}**"
