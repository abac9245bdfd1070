"""What waits on a device until the cloud has it: nothing lost, and what is given up is counted."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edge_inference.spool import ROW_BYTES, Spool, SpoolFullError

COMPONENTS = Path(__file__).parents[3] / "components"
ONE = 100 + ROW_BYTES  # what a record of a hundred bytes is held for


def some(first, count, size=100):
    return [(f"s{number:06d}", b"x" * size) for number in range(first, first + count)]


def ids(spool, most=1000):
    return [record.id for record in spool.oldest(most)]


def test_the_oldest_is_handed_over_first_and_again_until_it_is_acknowledged(make_spool):
    spool = make_spool()
    assert spool.append(some(0, 3)) == 3
    assert spool.append(some(3, 2)) == 2
    first = spool.oldest(2)
    assert [record.id for record in first] == ["s000000", "s000001"]
    assert spool.oldest(2) == first
    assert [r.id for r in spool.oldest(9, after=first[-1].number)] == [
        "s000002",
        "s000003",
        "s000004",
    ]
    assert spool.acknowledge([record.number for record in first]) == 2
    assert ids(spool) == ["s000002", "s000003", "s000004"]
    assert spool.acknowledge([record.number for record in first]) == 0  # told twice
    assert (spool.depth, spool.held_bytes) == (3, 3 * ONE)


def test_a_record_that_waits_is_not_written_again(make_spool):
    spool = make_spool()
    spool.append(some(0, 3))
    assert spool.append(some(2, 2)) == 1
    assert ids(spool) == ["s000000", "s000001", "s000002", "s000003"]
    assert (spool.depth, spool.held_bytes) == (4, 4 * ONE)


def test_what_waits_is_there_after_a_restart(make_spool):
    spool = make_spool()
    spool.append(some(0, 3), note=("tracks", b"two birds"))
    spool.close()
    again = make_spool()
    assert (ids(again), again.depth, again.held_bytes) == (
        ["s000000", "s000001", "s000002"],
        3,
        3 * ONE,
    )
    assert (again.note("tracks"), again.note("other"), again.was_corrupt) == (
        b"two birds",
        None,
        False,
    )


def test_a_number_is_never_given_again(make_spool):
    """Whoever acknowledges late, after a restart, must not forget another record."""
    spool = make_spool()
    spool.append(some(0, 2))
    late = [record.number for record in spool.oldest(2)]
    spool.acknowledge(late)
    spool.close()
    again = make_spool()
    again.append(some(2, 2))
    assert again.acknowledge(late) == 0
    assert ids(again) == ["s000002", "s000003"]


def test_full_it_gives_up_the_oldest_and_counts_them(make_spool):
    spool = make_spool(largest_bytes=5 * ONE)
    spool.append(some(0, 5))
    assert spool.evicted == 0
    spool.append(some(5, 2))
    assert ids(spool) == ["s000002", "s000003", "s000004", "s000005", "s000006"]
    assert (spool.evicted, spool.held_bytes) == (2, 5 * ONE)
    spool.append([("large", b"x" * 4 * 100)])
    assert ids(spool)[-1] == "large"
    assert spool.held_bytes <= 5 * ONE
    gone = spool.evicted
    spool.close()
    assert make_spool(largest_bytes=5 * ONE).evicted == gone


def test_a_record_larger_than_the_spool_is_given_up_and_counted(make_spool):
    spool = make_spool(largest_bytes=5 * ONE)
    spool.append([("huge", b"x" * 6 * ONE)])
    assert (ids(spool), spool.evicted, spool.depth, spool.held_bytes) == ([], 1, 0, 0)


def test_a_spool_holds_something():
    with pytest.raises(ValueError, match="largest_bytes is 0"):
        Spool(Path("unused"), largest_bytes=0)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.sampled_from(["append", "acknowledge", "reopen"]), st.integers(1, 30)),
        max_size=12,
    )
)
def test_it_holds_the_newest_that_were_not_acknowledged(tmp_path, steps):
    """Against a list: what waits, in which order, what was evicted, what it weighs."""
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    folder.mkdir()
    spool = Spool(folder / "s.db", largest_bytes=20 * ONE, reserve_bytes=16)
    expected, number, evicted = [], 0, 0
    for what, count in steps:
        if what == "append":
            spool.append(some(number, count))
            expected += [name for name, _ in some(number, count)]
            number += count
            evicted += max(0, len(expected) - 20)
            expected = expected[-20:]
        elif what == "acknowledge":
            spool.acknowledge([record.number for record in spool.oldest(count)])
            expected = expected[count:]
        else:
            spool.close()
            spool = Spool(folder / "s.db", largest_bytes=20 * ONE, reserve_bytes=16)
        assert ids(spool) == expected
        assert (spool.depth, spool.held_bytes, spool.evicted) == (
            len(expected),
            len(expected) * ONE,
            evicted,
        )
    spool.close()


WRITER = """
import sys
from pathlib import Path
from edge_inference.spool import Spool

spool = Spool(Path(sys.argv[1]), largest_bytes=10**9, reserve_bytes=4096)
number = int(sys.argv[2])
while True:
    batch = [(f"s{n:06d}", b"x" * 300) for n in range(number, number + 7)]
    spool.append(batch, note=("last", str(number + 6).encode()))
    number += 7
    print(number, flush=True)
    if number % 5 == 0:
        spool.acknowledge([record.number for record in spool.oldest(1)])
"""


def test_a_killed_writer_loses_nothing_that_was_written(tmp_path):
    """Real processes, killed at random instants: what `append` returned from is there, once."""
    random, number = Random(7), 0  # noqa: S311 - instants, no secret
    path = tmp_path / "spool.db"
    for _ in range(8):
        process = subprocess.Popen(  # noqa: S603 - our own Python
            [sys.executable, "-S", "-c", WRITER, str(path), str(number)],
            env={"PYTHONPATH": str(COMPONENTS)},
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        told = [process.stdout.readline()]
        time.sleep(random.random() * 0.05)
        process.send_signal(signal.SIGKILL)
        told += process.stdout.readlines()
        process.wait()
        process.stdout.close()
        returned = int([line for line in told if line.endswith("\n")][-1])
        spool = Spool(path, largest_bytes=10**9)
        found = [int(record.id[1:]) for record in spool.oldest(10**6)]
        assert found == list(range(found[0], found[-1] + 1))
        # All of a batch or nothing: the one under way may have come to its end untold.
        assert found[-1] + 1 in {returned, returned + 7}
        assert (spool.note("last"), spool.was_corrupt) == (str(found[-1]).encode(), False)
        number = found[-1] + 1
        spool.close()


@pytest.fixture(scope="module")
def torn(tmp_path_factory):
    """Leave a database whose last nine transactions are in its log alone, as a kill leaves it."""
    folder = tmp_path_factory.mktemp("torn")
    spool = Spool(folder / "spool.db", largest_bytes=10**9, reserve_bytes=16)
    for number in range(0, 27, 3):
        spool.append(some(number, 3))
    shutil.copytree(folder, folder / "copy")
    spool.close()
    return folder / "copy"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_log_cut_at_any_byte_holds_whole_batches(torn, tmp_path, data):
    folder = tmp_path / str(len(list(tmp_path.iterdir())))
    shutil.copytree(torn, folder)
    (folder / "spool.db-shm").unlink(missing_ok=True)
    log = folder / "spool.db-wal"
    cut = data.draw(st.integers(0, log.stat().st_size))
    log.write_bytes(log.read_bytes()[:cut])
    spool = Spool(folder / "spool.db", largest_bytes=10**9, reserve_bytes=16)
    found = [int(name[1:]) for name in ids(spool)]
    assert found == list(range(len(found)))
    assert len(found) % 3 == 0
    spool.append(some(100, 1))
    assert ids(spool)[-1] == "s000100"
    spool.close()


def test_a_card_that_lost_its_mind_is_put_aside(make_spool, tmp_path):
    for number, rubbish in enumerate(
        (b"no database at all " * 99, b"SQLite format 3\0" + b"\xff" * 9000)
    ):
        (tmp_path / "spool.db").write_bytes(rubbish)
        spool = make_spool()
        assert spool.was_corrupt
        spool.append(some(0, 1))
        assert ids(spool) == ["s000000"]
        spool.close()
        assert (tmp_path / f"spool.db.corrupt-{number}").read_bytes() == rubbish
    assert not make_spool().was_corrupt


def limited(spool, pages):
    spool._database.execute(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_takes_the_newest_for_the_oldest(make_spool, tmp_path):
    spool = make_spool()
    spool.append(some(0, 40, size=1000))
    limited(spool, spool._one("PRAGMA page_count"))
    assert (tmp_path / "spool.db.reserve").stat().st_size == 4096
    for number in range(40, 80):
        assert spool.append(some(number, 1, size=1000)) == 1
    found = ids(spool)
    assert found[-1] == "s000079"
    assert found == [name for name, _ in some(80 - len(found), len(found))]
    assert spool.evicted == 80 - len(found) > 0
    assert spool.depth == len(found)


def test_the_reserve_is_given_up_for_a_full_disk_and_kept_again_after_it(make_spool, tmp_path):
    spool = make_spool()
    spool.append(some(0, 40, size=1000))
    limited(spool, spool._one("PRAGMA page_count"))
    while (tmp_path / "spool.db.reserve").exists():
        spool.append(some(spool.depth + 1000, 1, size=1000))
        if spool.evicted > 200:
            pytest.fail("the reserve was never given up")
    limited(spool, 10_000)
    spool.acknowledge([spool.oldest(1)[0].number])
    assert (tmp_path / "spool.db.reserve").exists()


def test_a_disk_that_takes_nothing_says_so_and_nothing_is_lost(make_spool):
    spool = make_spool()
    spool.append(some(0, 3))
    limited(spool, spool._one("PRAGMA page_count"))
    with pytest.raises(SpoolFullError, match="make room on it"):
        spool.append([("large", b"x" * 500_000)])
    assert (ids(spool), spool.evicted) == (["s000000", "s000001", "s000002"], 0)
    limited(spool, 10_000)
    assert spool.append([("large", b"x" * 500_000)]) == 1
    assert ids(spool) == ["s000000", "s000001", "s000002", "large"]


def test_other_faults_are_no_full_disk(make_spool):
    spool = make_spool()
    spool._database.execute("DROP TABLE records")
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        spool.append(some(0, 1))


def test_threads_share_it(make_spool):
    spool = make_spool()
    seen: list[str] = []

    def take():
        while len(seen) < 600:
            found = spool.oldest(17)
            spool.acknowledge([record.number for record in found])
            seen.extend(record.id for record in found)

    taker = threading.Thread(target=take)
    taker.start()
    for number in range(0, 600, 6):
        spool.append(some(number, 6))
    taker.join(30)
    assert seen == [name for name, _ in some(0, 600)]
    assert (spool.depth, spool.held_bytes) == (0, 0)
