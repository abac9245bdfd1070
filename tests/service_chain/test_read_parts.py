"""Many objects are read at once, and come in order, those that are missing too."""

import threading
from types import SimpleNamespace
from typing import Any

from service_chain.ask_aws import MAX_CONNECTIONS
from service_chain.read_parts import READ_AHEAD, read_parts


def storage_of(find) -> Any:
    return SimpleNamespace(find=find)


def test_parts_come_in_the_order_of_their_keys_however_many_there_are():
    keys = [str(n) for n in range(2 * READ_AHEAD + 7)]
    storage = storage_of(lambda key: None if key == "300" else key.encode())
    parts = list(read_parts(storage, keys))
    assert parts == [None if key == "300" else key.encode() for key in keys]


def test_as_many_are_read_at_once_as_there_are_connections():
    everyone = threading.Barrier(MAX_CONNECTIONS, timeout=30)

    def find(key):
        everyone.wait()
        return key.encode()

    parts = read_parts(storage_of(find), [str(n) for n in range(MAX_CONNECTIONS)])
    assert len(list(parts)) == MAX_CONNECTIONS


def test_no_more_is_read_ahead_than_fits():
    asked = []

    def find(key):
        asked.append(key)
        return b""

    parts: Any = read_parts(storage_of(find), [str(n) for n in range(2 * READ_AHEAD)])
    next(parts)
    assert len(asked) <= READ_AHEAD
    parts.close()


def test_without_keys_nothing_is_read():
    assert list(read_parts(storage_of(None), [])) == []


def test_whoever_stops_has_nothing_more_read():
    asked, closing = [], threading.Event()

    def find(key):
        asked.append(key)
        assert key == "0" or closing.wait(30)
        return b""

    parts: Any = read_parts(storage_of(find), [str(n) for n in range(READ_AHEAD)])
    next(parts)
    threading.Timer(1, closing.set).start()  # once nothing more can begin
    parts.close()
    assert len(asked) <= MAX_CONNECTIONS + 1
