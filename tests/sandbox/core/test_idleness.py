"""What other threads do is seen, whether or not anybody counts it."""

import hashlib
import threading
import time

import pytest

from sandbox.core import idleness


@pytest.fixture
def at_work():
    """Have a thread do this until the test is over."""
    over, threads = threading.Event(), []

    def begin(work):
        def run():
            while not over.is_set():
                work()

        threads.append(threading.Thread(target=run))
        threads[-1].start()

    yield begin
    over.set()
    for thread in threads:
        thread.join()


def looks(count=20):
    """Look some times; gives how many looks found work."""
    found = 0
    for _ in range(count):
        before = idleness.others_seconds()
        time.sleep(0.01)
        found += idleness.have_worked(before)
    return found


def test_threads_that_wait_do_no_work(at_work):
    at_work(lambda: time.sleep(0.5))
    assert looks() < 5, "a thread of somebody else's may wake up now and then"


@pytest.mark.parametrize(
    "work",
    [lambda: sum(range(1000)), lambda: hashlib.sha256(bytes(10_000_000))],
    ids=["which holds the lock of Python", "which does not"],
)
def test_a_thread_at_work_is_seen_at_every_look(at_work, work):
    at_work(work)
    assert looks() == 20


@pytest.mark.skipif(not idleness._TASKS.is_dir(), reason="only Linux tells")
def test_a_thread_that_only_lacks_a_processor_is_at_work_too(at_work):
    for _ in range(4):
        at_work(lambda: hashlib.sha256(bytes(10_000_000)))
    time.sleep(0.05)
    assert max(idleness.runnable() for _ in range(20)) >= 2
