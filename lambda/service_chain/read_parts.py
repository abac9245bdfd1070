"""Read many small objects at once, and none long before its turn."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

from service_chain.ask_aws import MAX_CONNECTIONS
from service_chain.storage import Storage

# What is read and not yet used is held in memory.
READ_AHEAD = 8 * MAX_CONNECTIONS


def read_parts(storage: Storage, keys: Sequence[str]) -> Iterator[bytes | None]:
    """Read objects, in the order of their keys; None for one that is not there."""
    with ThreadPoolExecutor(MAX_CONNECTIONS) as pool:
        for start in range(0, len(keys), READ_AHEAD):
            yield from pool.map(storage.find, keys[start : start + READ_AHEAD])
