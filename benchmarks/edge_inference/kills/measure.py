"""Fifty thousand sightings, a hundred kills, a network that loses and doubles: count what comes."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from operator import ne
from pathlib import Path
from random import Random

from benchmarks.edge_inference.spool.measure import LARGEST, NOW, sightings
from costs.markdown import table
from edge_inference.delivery import Delivery
from edge_inference.sighting import Moment
from edge_inference.spool import Spool
from sandbox.host.process import SandboxError

SIGHTINGS = int(os.environ.get("BENCH_SIGHTINGS", "50000"))
KILLS = int(os.environ.get("BENCH_KILLS", "100"))
LOST, DOUBLED = 0.1, 0.1  # of messages, and of receipts
DAY = 86_400.0
DEVICE = "benchmarks.edge_inference.kills.device"
ROOT = Path(__file__).parents[3]


def report() -> tuple[str, str]:
    """Kill a device while it writes, let a day pass, deliver; hold it against what was seen."""
    random = Random(20261130)  # noqa: S311 - instants, no secret
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spool.db"
        kills = _written(path, random)
        arrived, messages = _delivered(path, random)
    made = sightings()
    named = [next(made)[0] for _ in range(SIGHTINGS)]
    lost = len(set(named) - set(arrived))
    strangers = len(set(arrived) - set(named))
    first = list(dict.fromkeys(arrived))
    rows = [
        ["seen by the device", f"{SIGHTINGS:,}"],
        ["kills (SIGKILL, at random instants)", f"{kills:,}"],
        ["hours without a network", "24"],
        ["messages sent, some lost, some doubled", f"{messages:,}"],
        ["deliveries of sightings", f"{len(arrived):,}"],
        ["of them more than once, known by their id", f"{len(arrived) - len(first):,}"],
        ["**lost**", f"**{lost:,}**"],
        ["**told that nobody saw**", f"**{strangers:,}**"],
        ["in another order than seen", f"{sum(map(ne, first, named)):,}"],
    ]
    if lost or strangers:
        raise SandboxError(f"{lost} sightings were lost, {strangers} were made up")
    return "Sightings through kills and a cut network", table(["", "Count"], rows)


def _written(path: Path, random: Random) -> int:
    """Write all sightings by processes that are killed; return how many were."""
    paths = os.pathsep.join((str(ROOT), str(ROOT / "components")))
    environment = {**os.environ, "PYTHONPATH": paths}
    written = kills = 0
    while written < SIGHTINGS:
        share = SIGHTINGS * (kills + 1) // (KILLS + 1)
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, "-m", DEVICE, str(path), str(written), str(SIGHTINGS)],
            env=environment,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        for line in process.stdout or ():
            if kills < KILLS and int(line) >= share:
                time.sleep(random.random() * 0.01)
                process.send_signal(signal.SIGKILL)
                kills += 1
                break
        process.communicate()
        spool = Spool(path, largest_bytes=LARGEST)
        written = int(spool.note("next") or b"0")
        spool.close()
    return kills


def _delivered(path: Path, random: Random) -> tuple[list[str], int]:
    """Deliver after a day, over a network that loses and doubles; return what came, in order."""
    spool = Spool(path, largest_bytes=LARGEST)
    sends = Delivery(spool, message_bytes=4800, receipt_seconds=30, random=random.random)
    arrived: list[str] = []
    now, messages = NOW.uptime + DAY, 0
    while spool.depth:
        now += 1
        moment = Moment(NOW.wall + now - NOW.uptime, now, NOW.boot)
        message = sends.due(moment)
        if not message:
            continue
        messages += 1
        if random.random() < LOST:
            continue
        for _ in range(2 if random.random() < DOUBLED else 1):
            arrived += [one["sighting_id"] for one in json.loads(message.payload)]
        if random.random() >= LOST:
            sends.received(message.payload, moment)
    spool.close()
    return arrived, messages
