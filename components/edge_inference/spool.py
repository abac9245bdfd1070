"""Records on disk until the cloud has them: bounded, oldest first, whole after any kill."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from threading import RLock
from typing import NamedTuple

# What a record takes beside its body: its rows in the table and its index, measured as 60 to 90.
ROW_BYTES = 90
_RESERVE_BYTES = 1 << 20
_SCHEMA = """
CREATE TABLE IF NOT EXISTS records (
    number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS counts (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS notes (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
_FULL = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


class SpoolFullError(Exception):
    """The disk takes nothing, though the oldest records went; its text is meant for a person."""


class Record(NamedTuple):
    """A record that waits: its place in line, its name, what is to be sent."""

    number: int
    id: str
    body: bytes


class Spool:
    """Store and forward: what ``append`` returned from is on disk, and stays until acknowledged.

    One transaction per ``append``, synced before it returns: neither a kill nor a power loss takes
    anything of it. What is handed over is handed over again until it is acknowledged, oldest first,
    so whoever takes it has to know a record by its id.

    It holds at most ``largest_bytes``. **Full, it evicts the oldest and counts them**: a device
    that is offline for longer than its disk lasts is asked first what it sees today, and the count
    says how much of the past is missing. A full disk is answered likewise, with the help of a
    reserve that is kept for this moment.

    Threads may share it. Raises SpoolFullError where the disk takes nothing at all.
    """

    def __init__(
        self, path: Path, *, largest_bytes: int, reserve_bytes: int = _RESERVE_BYTES
    ) -> None:
        if largest_bytes < 1:
            raise ValueError(f"largest_bytes is {largest_bytes}; a spool holds at least one byte")
        self._path, self._largest, self._reserve_bytes = path, largest_bytes, reserve_bytes
        self._reserve = path.with_name(f"{path.name}.reserve")
        self._lock = RLock()
        self.was_corrupt = False
        self._database = self._opened()
        self._bytes = self._weighed()
        self._depth = self._one("SELECT count(*) FROM records")
        self._keep_reserve()

    def append(
        self, records: Iterable[tuple[str, bytes]], note: tuple[str, bytes] | None = None
    ) -> int:
        """Write records, and a note beside them, in one transaction; return how many were new.

        An id that waits already is not written again. Raises SpoolFullError, and nothing of it is
        written then.
        """
        batch = list(records)
        wanted = sum(len(body) + ROW_BYTES for _, body in batch)
        with self._lock:
            for share in (10, 5, 2, None):
                try:
                    return self._write(batch, note)
                except sqlite3.OperationalError as error:
                    if not _is_full(error):
                        raise
                    # All of it would not be enough: what waits stays.
                    if share is None or wanted > self._bytes:
                        raise SpoolFullError(
                            f"the disk of {self._path} takes nothing more ({error}), and"
                            f" {self._depth} records wait: make room on it; until then newer ones"
                            " wait in memory"
                        ) from error
                self._make_room(max(2 * wanted, self._bytes // share))
        raise AssertionError("the last share returns or raises")

    def oldest(self, most: int, *, after: int = 0) -> list[Record]:
        """List the records that wait longest, of those with a number above ``after``."""
        with self._lock:
            rows = self._database.execute(
                "SELECT number, id, body FROM records WHERE number > ? ORDER BY number LIMIT ?",
                (after, most),
            )
            return [Record(*row) for row in rows]

    def acknowledge(self, numbers: Sequence[int]) -> int:
        """Forget records that were taken over; return how many were still there."""
        with self._lock:
            with self._database:
                self._begin()
                gone, size = self._removed([(number,) for number in numbers])
            self._depth, self._bytes = self._depth - gone, self._bytes - size
            self._keep_reserve()
            return gone

    def note(self, name: str) -> bytes | None:
        """Read what was noted beside the records."""
        with self._lock:
            row = self._database.execute(
                "SELECT value FROM notes WHERE name = ?", (name,)
            ).fetchone()
            return row[0] if row else None

    @property
    def depth(self) -> int:
        """How many records wait."""
        return self._depth

    @property
    def held_bytes(self) -> int:
        """What the records take that wait, as it is held against ``largest_bytes``."""
        return self._bytes

    @property
    def evicted(self) -> int:
        """How many records were given up since the spool was made, for want of room."""
        return self._one("SELECT coalesce(sum(value), 0) FROM counts WHERE name = 'evicted'")

    def close(self) -> None:
        """Fold the log into the file; whoever is killed instead loses nothing by it."""
        with self._lock:
            self._database.close()

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connected()
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
        # A card that lost its mind must not keep a device from seeing birds: begin anew, and tell.
        self.was_corrupt = True
        number = len(list(self._path.parent.glob(f"{self._path.name}.corrupt-*")))
        for suffix in ("-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
        self._path.replace(self._path.with_name(f"{self._path.name}.corrupt-{number}"))
        return self._connected()

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            database.execute("PRAGMA wal_autocheckpoint = 256")
            database.execute("PRAGMA journal_size_limit = 1048576")
            (told,) = database.execute("PRAGMA quick_check(1)").fetchone()
            if told != "ok":
                raise sqlite3.DatabaseError(told)
            database.executescript(_SCHEMA)
        except BaseException:
            database.close()
            raise
        return database

    def _begin(self) -> None:
        self._database.execute("BEGIN IMMEDIATE")

    def _write(self, batch: list[tuple[str, bytes]], note: tuple[str, bytes] | None) -> int:
        depth, held = self._depth, self._bytes
        with self._database:
            self._begin()
            before = self._database.total_changes
            self._database.executemany(
                "INSERT INTO records (id, body) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", batch
            )
            new = self._database.total_changes - before
            if new == len(batch):
                held += sum(len(body) + ROW_BYTES for _, body in batch)
            else:
                held = self._weighed()
            depth += new
            if held > self._largest:
                gone, size = self._evict(held - self._largest)
                depth, held = depth - gone, held - size
            if note:
                self._database.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", note)
        self._depth, self._bytes = depth, held
        return new

    def _evict(self, wanted: int) -> tuple[int, int]:
        """Give up the oldest records until so many bytes are free; within a transaction."""
        numbers, found = [], 0
        for number, size in self._database.execute(
            "SELECT number, length(body) FROM records ORDER BY number"
        ):
            if found >= wanted:
                break
            numbers.append((number,))
            found += size + ROW_BYTES
        gone, size = self._removed(numbers)
        self._database.execute(
            "INSERT INTO counts VALUES ('evicted', ?)"
            " ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
            (gone,),
        )
        return gone, size

    def _removed(self, numbers: list[tuple[int]]) -> tuple[int, int]:
        gone = size = 0
        for number in numbers:
            row = self._database.execute(
                "DELETE FROM records WHERE number = ? RETURNING length(body)", number
            ).fetchone()
            if row:
                gone, size = gone + 1, size + row[0] + ROW_BYTES
        return gone, size

    def _make_room(self, wanted: int) -> None:
        """Free pages within the file, as the file system gives none."""
        with suppress(OSError):
            self._reserve.unlink(missing_ok=True)
        with suppress(sqlite3.OperationalError):
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with suppress(sqlite3.OperationalError):
            with self._database:
                self._begin()
                gone, size = self._evict(wanted)
            self._depth, self._bytes = self._depth - gone, self._bytes - size
        with suppress(sqlite3.OperationalError):
            self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def _keep_reserve(self) -> None:
        """Hold bytes on the disk for when it is full: to delete a row takes room, too."""
        if self._reserve.exists():
            return
        with suppress(OSError):
            self._reserve.write_bytes(b"\0" * self._reserve_bytes)

    def _weighed(self) -> int:
        lengths = self._one("SELECT coalesce(sum(length(body)), 0) FROM records")
        return lengths + ROW_BYTES * self._one("SELECT count(*) FROM records")

    def _one(self, query: str) -> int:
        with self._lock:
            (value,) = self._database.execute(query).fetchone()
            return int(value)


def _is_full(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in _FULL
