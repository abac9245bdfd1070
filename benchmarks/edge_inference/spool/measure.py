"""Keep sightings as a device does, one and many at a time; say it in Markdown."""

import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from costs.markdown import table
from edge_inference.delivery import Delivery
from edge_inference.sighting import Moment, Origin, body, record
from edge_inference.spool import Spool
from edge_inference.tracker import Track

ROUNDS = 3
SECONDS = 2.0  # of writing, each round
TOGETHER = (1, 50, 1000)  # sightings of one transaction
WANTED = 20_000  # a second, of the best of these
LARGEST = 1 << 30
NOW = Moment(1_780_000_000.0, 100_000.0, "5f0c1c1e-7f0d-4a0b-9f57-2c6a3f0a9b11")
ORIGIN = Origin("feeder-0001", "garden-north", "camera", "0123456789ab")


def sightings(first: int = 0) -> Iterator[tuple[str, bytes]]:
    """Make sightings for ever, as long as real ones."""
    number = first
    while True:
        start = 10_000 + number * 1.7
        box = (101.25 + number % 90, 88.5, 240.75, 210.125)
        track = Track(number, start, start + 12.4, 24, box, 0.93717, {"goldfinch": 21.3})
        told = record(track, NOW, ORIGIN, (640, 480))
        yield told["sighting_id"], body(told)
        number += 1


def report() -> tuple[str, str]:
    """Measure and tell; every round has a database of its own on this machine's disk."""
    rows, best = [], 0.0
    for together in TOGETHER:
        rounds = [_written(together) for _ in range(ROUNDS)]
        rates, per_cpu = [r for r, _ in rounds], statistics.median(c for _, c in rounds)
        best = max(best, statistics.median(rates))
        middle = f"{statistics.median(rates):,.0f}"
        rows.append([f"{together:,}", middle, f"{per_cpu:,.0f}", _each(rates)])
    handed, sent = _delivered()
    size, body_size = _size()
    verdict = "as wanted" if best >= WANTED else "**fewer** than wanted"
    told = [
        f"Made beforehand, written by one thread, each transaction synced before the next"
        f" (`synchronous=FULL`); {ROUNDS} rounds of {SECONDS:g} s each.",
        table(HEADS, rows),
        f"**{best:,.0f} sightings a second at best**, {verdict} ({WANTED:,}). A device commits"
        " once a second what it saw (`spool.commit_seconds`): **a power loss or a kill takes at"
        " most what ended in that second**, and its birds are in the last commit's note.",
        f"A sighting takes {size:.0f} bytes on disk, {body_size:.0f} of them its own text;"
        f" {handed:,.0f} a second are packed into messages and forgotten by their receipts, at"
        f" {sent:.0f} bytes sent for each, its age included.",
    ]
    return "A device's spool", "\n\n".join(told)


HEADS = ["Sightings a transaction", "Kept a second (median)", "A CPU second", "Each round"]


def _written(together: int) -> tuple[float, float]:
    made = sightings()
    batches = [[next(made) for _ in range(together)] for _ in range(max(1, 60_000 // together))]
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "spool.db", largest_bytes=LARGEST)
        count, begun, cpu = 0, time.perf_counter(), time.process_time()
        for batch in batches:
            count += spool.append(batch)
            if time.perf_counter() - begun > SECONDS:
                break
        rates = (count / (time.perf_counter() - begun), count / (time.process_time() - cpu))
        spool.close()
    return rates


def _delivered() -> tuple[float, float]:
    made = sightings()
    with tempfile.TemporaryDirectory() as folder:
        spool = Spool(Path(folder) / "spool.db", largest_bytes=LARGEST)
        spool.append([next(made) for _ in range(20_000)])
        sends = Delivery(spool, message_bytes=4800, receipt_seconds=30, random=lambda: 0.5)
        begun = time.perf_counter()
        while message := sends.due(NOW):
            sends.received(message.payload, NOW)
        rate = sends.delivered / (time.perf_counter() - begun)
        spool.close()
    return rate, sends.bytes_sent / sends.delivered


def _size() -> tuple[float, float]:
    made, count = sightings(), 20_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "spool.db"
        spool = Spool(path, largest_bytes=LARGEST)
        batch = [next(made) for _ in range(count)]
        for start in range(0, count, 50):
            spool.append(batch[start : start + 50])
        spool.close()
        return path.stat().st_size / count, sum(len(text) for _, text in batch) / count


def _each(rates: Sequence[float]) -> str:
    return ", ".join(f"{rate:,.0f}" for rate in sorted(rates))
