"""Ten thousand requests by weight, ten thousand during an update, and the API beside both."""

import json
import os
import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from costs.markdown import table
from demos.demo import DISPOSABLE
from demos.model_hosting.caller import Caller, EndpointCaller
from demos.model_hosting.crowd import CALLERS, Answered, ask_many
from demos.model_hosting.registry import Registry
from fixtures.served_model import rows_of, served_model
from operations.experiments import end
from sandbox.host import client
from sandbox.host.client import Sandbox

STACK = "ModelHosting"
CONTEXT = {
    **DISPOSABLE,
    "model_hosting.challenger_percent": "30",
    # While somebody asks all the time, no time can be skipped.
    "model_hosting.bake_seconds": "10",
    "model_hosting.keep_old_seconds": "5",
}
REQUESTS = int(os.environ.get("BENCH_REQUESTS", "10000"))
PAIRS = int(os.environ.get("BENCH_PAIRS", "300"))  # of a request to each, in turn
WARM = 20
SHARE = 0.3
DEVIATIONS = 4  # of a fair draw: one run of 16,000 is farther off


class Way(NamedTuple):
    """How long requests took, one after the other, in seconds."""

    name: str
    seconds: Sequence[float]

    def percentile(self, share: float) -> float:
        """Tell in milliseconds what so large a share kept within."""
        return (
            1000 * sorted(self.seconds)[min(len(self.seconds) - 1, int(share * len(self.seconds)))]
        )


class Session(NamedTuple):
    """What an operator's commands ask AWS by."""

    sandbox: Sandbox
    region_name: str = "us-east-1"

    def client(self, service: str) -> Any:
        """Make a client."""
        return self.sandbox.client(service)


def report() -> tuple[str, str]:
    """Deploy champion and challenger; ask both; let one win under load."""
    with client.start() as sandbox:
        outputs = sandbox.deploy(STACK, context=CONTEXT, say=lambda line: None)[STACK]
        registry = Registry(sandbox, outputs["DeployStateMachineArn"])
        for name, seed in (("champion", 1), ("challenger", 2)):
            print(name, registry.deployed(registry.register(name, served_model(seed))), flush=True)
        rows = rows_of(1, seed=9)
        caller = partial(EndpointCaller, sandbox, outputs["EndpointName"])
        body = json.dumps(rows).encode()
        split = timed(lambda: ask_many(caller, body, least=REQUESTS))
        print(split, flush=True)
        ways = side_by_side(sandbox, outputs, rows)
        update = timed(lambda: during_an_update(sandbox, registry, caller, body))
        print(update, flush=True)
    return "Two variants under load", told(split, update, ways)


def timed(run: Callable[[], Answered]) -> tuple[Answered, float]:
    """Run it, and tell how many seconds it took."""
    begun = time.perf_counter()
    return run(), time.perf_counter() - begun


def during_an_update(
    sandbox: Sandbox, registry: Registry, caller: Callable[[], EndpointCaller], body: bytes
) -> Answered:
    """Ask from before the winner's update on until it has ended."""
    over = threading.Event()
    found: list[Answered] = []
    crowd = threading.Thread(
        target=lambda: found.append(ask_many(caller, body, least=REQUESTS, until=over.is_set))
    )
    crowd.start()
    registry.ended(lambda: end(Session(sandbox), STACK, "Challenger", dry_run=False))
    over.set()
    crowd.join()
    return found[0]


def side_by_side(
    sandbox: Sandbox, outputs: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> list[Way]:
    """Ask the endpoint and the API in turn, over one connection each."""
    endpoint = EndpointCaller(sandbox, outputs["EndpointName"])
    api = Caller(sandbox, outputs["ApiUrl"])
    body = json.dumps(rows).encode()
    asks: dict[str, Callable[[], object]] = {
        "InvokeEndpoint": lambda: endpoint.ask(body),
        "API, function, InvokeEndpoint": lambda: api.ask(rows),
        "the same, with a key": lambda: api.ask(rows, key="shopper"),
    }
    taken: dict[str, list[float]] = {name: [] for name in asks}
    for number in range(WARM + PAIRS):
        for name, ask in asks.items():
            begun = time.perf_counter()
            ask()
            if number >= WARM:
                taken[name].append(time.perf_counter() - begun)
    return [Way(name, seconds) for name, seconds in taken.items()]


def told(split: tuple[Answered, float], update: tuple[Answered, float], ways: Sequence[Way]) -> str:
    """Write about it."""
    answers, _ = split
    count = answers.by_variant["Challenger"]
    share = count / max(answers.total, 1)
    off = (share - SHARE) / (SHARE * (1 - SHARE) / max(answers.total, 1)) ** 0.5
    fair = f"{off:+.1f} standard deviations of a fair draw from {SHARE:.0%}"
    loads = [
        [when, f"{found.total:,}", str(found.failed.total()), f"{found.total / took:,.0f}"]
        for when, (found, took) in (("at rest", split), ("during the update", update))
    ]
    direct = statistics.median(ways[0].seconds)
    return "\n\n".join([
        HOW.format(callers=CALLERS, pairs=PAIRS),
        table(["10,000 and more", "Requests", "Not answered", "Requests a second"],
              loads),
        f"At rest {share:.2%} were answered by the challenger: "
        f"{fair if abs(off) <= DEVIATIONS else f'**{fair}**'}.",
        table(["One after the other", "p50, ms", "p95, ms", "More than direct, ms"],
              [[w.name, f"{w.percentile(0.5):.1f}", f"{w.percentile(0.95):.1f}",
                f"{1000 * (statistics.median(w.seconds) - direct):.1f}"] for w in ways]),
    ])  # fmt: skip


HOW = (
    "In the sandbox: what is counted and chosen holds for AWS, what is timed does not. Champion and"
    " challenger at 70 to 30, {callers} callers with a connection each. Then the challenger wins: a"
    " canary update to it alone, in which nobody may go unanswered. Then one row of JSON to the"
    " endpoint and through the API in turn, {pairs} times each: signature, validation and IAM of"
    " the API, the function, its client."
)
