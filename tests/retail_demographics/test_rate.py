"""The whole fleet against Rekognition's quota: simulated event by event, with the real limiter."""

import heapq
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest

from retail_demographics.finish_batch import WRITING_SECONDS
from runtime.backoff import waits
from runtime.rate_limit import RateLimiter
from stacks.retail_demographics.capacity import capacity_within

GOLDEN = 0.6180339887498949
BATCH = 200
TIMEOUT = 120.0
WRITING = 1.5  # seconds from the last answer of a batch to the first frame of the next
ONE_FAILS_IN = 50


def even_spread(start: float) -> Iterator[float]:
    """Yield numbers that fill [0, 1) evenly: chance without luck."""
    return ((start + n * GOLDEN) % 1 for n in itertools.count())


@dataclass
class Fleet:
    """Functions that empty a queue. Every step is an event; events run in order of their time.

    SQS hands out batches, as many functions as the stack allows work on them, each call takes 0.3
    to 3 seconds, one in fifty fails and is made again.
    """

    frames: int
    functions: int
    calls_per_second: float
    threads: int
    now: float = 0.0
    calls: list[float] = field(default_factory=list)
    finished: int = 0
    came_again: int = 0
    events: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.queue = self.frames
        self.order = itertools.count()
        self.latency, self.jitter = even_spread(0.1), even_spread(0.7)

    def run(self) -> float:
        """Empty the queue; give back how many seconds that took."""
        for n in range(self.functions):
            limiter = RateLimiter(self.calls_per_second, clock=lambda: self.now, sleep=self.sleep)
            self.at(n / 5, partial(self.take_batch, limiter))
        ended = 0.0
        while self.events:
            self.now, _, event = heapq.heappop(self.events)
            ended = max(ended, self.now)
            event()
        return ended

    def at(self, time: float, event: Callable[[], None]) -> None:
        """Let something happen."""
        heapq.heappush(self.events, (time, next(self.order), event))

    def sleep(self, seconds: float) -> None:
        """Move on to the turn that the limiter gives."""
        self.now += seconds

    def take_batch(self, limiter: RateLimiter) -> None:
        """Begin an invocation: its threads take frames until none is left."""
        size = min(BATCH, self.queue)
        if not size:
            return
        self.queue -= size
        pending, busy = deque(range(size)), min(self.threads, size)
        deadline = self.now + TIMEOUT - WRITING_SECONDS

        def take_frame() -> None:
            nonlocal busy
            if pending:
                pending.popleft()
                pauses = waits(lambda: deadline - self.now, lambda: next(self.jitter))
                ask(pauses)
                return
            busy -= 1
            if not busy:
                self.at(self.now + WRITING, lambda: self.take_batch(limiter))

        def ask(pauses: Iterator[float]) -> None:
            if not limiter.acquire(before=deadline):
                give_back()
                return
            self.calls.append(self.now)
            answered = self.now + 0.3 + 2.7 * next(self.latency)
            failed = len(self.calls) % ONE_FAILS_IN == 0
            self.at(answered, lambda: fail(pauses) if failed else finish())

        def fail(pauses: Iterator[float]) -> None:
            pause = next(pauses, None)
            if pause is None:
                give_back()
            else:
                self.at(self.now + pause, lambda: ask(pauses))

        def finish() -> None:
            self.finished += 1
            take_frame()

        def give_back() -> None:
            self.queue += 1
            self.came_again += 1
            take_frame()

        for _ in range(busy):
            self.at(self.now, take_frame)


def highest_burst(calls: list[float], rate: float) -> float:
    """Find the most calls by which any window outdoes ``rate``, as a leaky bucket would see it."""
    level = highest = 0.0
    for before, now in itertools.pairwise([0.0, *sorted(calls)]):
        level = max(0.0, level - rate * (now - before)) + 1
        highest = max(highest, level)
    return highest


@pytest.mark.parametrize(("quota", "frames"), [(5, 4_000), (50, 40_000)], ids=["5 TPS", "50 TPS"])
def test_the_fleet_uses_the_quota_and_never_exceeds_it(quota, frames):
    capacity = capacity_within(quota, calls_per_instance=5, most_instances=10)
    functions, share = capacity.instances, float(capacity.calls_per_second)
    fleet = Fleet(frames, functions, share, capacity.threads)
    seconds = fleet.run()
    assert fleet.finished == frames
    # In any window of t seconds at most quota * t calls, and one for each function.
    assert highest_burst(fleet.calls, quota) <= functions + 1e-6
    assert len(fleet.calls) <= quota * seconds + functions
    assert seconds <= 1.15 * frames / quota
    assert fleet.came_again == 0
