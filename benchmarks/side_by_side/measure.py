"""Run the same documents through two commits in turn; compare time and memory."""

import json
import os
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from benchmarks.suite.runs import memory_mib
from benchmarks.suite.trees import clone, commit_of
from costs.markdown import table
from sandbox.host.process import SandboxError
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.rate_limit import interval_ms
from stacks.settings import load_settings

BEFORE = "154c627"
PROGRAM = Path(__file__).with_name("program.py")
DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "200"))
# As many as the founding commit's sandbox runs on a machine of this size, and as today's does.
UNBOUNDED, BOUNDED = 560, 32
LOOK_EVERY = 1.0  # seconds
PARTS = os.environ.get("BENCH_PARTS", "crowd,bounded,text").split(",")


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds on the wall, the largest sum of memory in MiB, calls by name."""

    seconds: float
    peak_mib: float
    calls: dict[str, int]

    @property
    def pace(self) -> float:
        """The seconds that the rate limits alone take, one call after another."""
        return sum(self.calls.get(call, 0) * apart for call, apart in intervals().items()) / 1000


@cache
def intervals() -> dict[str, int]:
    """Return how many milliseconds the calls of the large text are apart, by name."""
    settings = load_settings()
    quotas, share = settings.shared.quotas, settings.of(ServiceChain).quota_share
    return {
        "translate:TranslateText": interval_ms(quotas.translate_text_per_second, share),
        "comprehend:BatchDetectSentiment": interval_ms(quotas.comprehend_batch_per_second, share),
    }


def report() -> str:
    """Measure both commits in turn, part by part, and write about it."""
    sections = {
        "crowd": ("crowd", UNBOUNDED, crowd),
        "bounded": ("crowd", BOUNDED, crowd),
        "text": ("text", UNBOUNDED, text),
    }
    intervals()  # as they are now, whatever becomes of the files in half an hour
    told = []
    with tempfile.TemporaryDirectory() as folder:
        trees = [clone(commit, Path(folder)) for commit in (BEFORE, "HEAD")]
        commits = [commit_of(tree) for tree in trees]
        for part in PARTS:
            what, functions, tell = sections[part]
            # The text is held against its rate limits, not against the other commit.
            sides = [*zip(commits, trees, strict=True)][-1 if part == "text" else 0 :]
            runs = {commit: run(tree, what, functions) for commit, tree in sides}
            told.append(tell(runs, functions))
            print(told[-1], flush=True)
    return "\n\n".join([HOW, *told])


HOW = (
    "Both commits in clean clones with their own installation, in turn on the same machine; memory"
    " is the most that the program, the sandbox, its functions and engines held at a time, shared"
    " pages counted once (PSS). The large text goes through this commit alone; `154c627` took 545 s"
    " for it, 9 % of them its own."
)


def run(tree: Path, what: str, functions: int) -> Run:
    """Run the program in a clone. Raises SandboxError where it does not come to its end."""
    environment = {**os.environ, "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(tree / ".venv" / "jsii")}
    environment["PATH"] = f"{tree / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    words = [".venv/bin/python", str(PROGRAM), what, str(DOCUMENTS), str(functions)]
    process = subprocess.Popen(  # noqa: S603 (our own program)
        words, cwd=tree, env=environment, stdout=subprocess.PIPE, text=True
    )
    peak, over = [0.0], threading.Event()

    def look() -> None:
        while not over.wait(LOOK_EVERY):
            peak[0] = max(peak[0], memory_mib(process.pid))

    said = {}
    for line in process.stdout or ():
        if line.startswith("sending"):  # what deploys has ended
            threading.Thread(target=look, daemon=True).start()
        elif line.startswith("{"):
            said = json.loads(line)
    over.set()
    if process.wait() or not said:
        raise SandboxError(f"{what} did not come to its end in {tree}")
    print(f"{what} at {commit_of(tree)}: {said['seconds']:.1f} s", flush=True)
    return Run(said["seconds"], peak[0], said["calls"])


def crowd(runs: dict[str, Run], functions: int) -> str:
    """Tabulate the documents that came at once."""
    before, now = runs.values()
    rows = [
        [f"`{commit}`", f"{r.seconds:,.0f}", f"{r.peak_mib:,.0f}"] for commit, r in runs.items()
    ]
    ratios = f"{now.seconds / before.seconds:.2f}", f"{now.peak_mib / before.peak_mib:.2f}"
    rows.append(["ratio", *ratios])
    head = f"### {DOCUMENTS} documents at once, at most {functions} functions at once"
    return f"{head}\n\n{table(['Commit', 'Seconds', 'Peak memory, MiB'], rows)}"


def text(runs: dict[str, Run], _functions: int) -> str:
    """Tabulate the large text: what the rate limits take, and what the sandbox adds."""
    rows = [
        [
            f"`{commit}`", f"{r.seconds:,.1f}", f"{r.pace:,.1f}", f"{r.seconds - r.pace:,.1f}",
            f"{100 * (r.seconds - r.pace) / r.seconds:.1f} %",
        ]
        for commit, r in runs.items()
    ]  # fmt: skip
    heads = ["Commit", "Seconds", "Of these the rate limits alone", "The sandbox", "Its share"]
    return f"### A text of 20 MB\n\n{table(heads, rows)}"
