"""Read many small objects at once, and none long before its turn."""

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice

from service_chain.ask_aws import MAX_CONNECTIONS
from service_chain.storage import Storage

# What is read and not yet used is held in memory.
READ_AHEAD = 8 * MAX_CONNECTIONS


def read_parts(storage: Storage, keys: Sequence[str]) -> Iterator[bytes | None]:
    """Read objects, in the order of their keys; None for one that is not there."""
    pool, later = ThreadPoolExecutor(MAX_CONNECTIONS), iter(keys)
    try:
        ahead = deque(pool.submit(storage.find, key) for key in islice(later, READ_AHEAD))
        while ahead:
            yield ahead.popleft().result()
            ahead.extend(pool.submit(storage.find, key) for key in islice(later, 1))
    finally:
        pool.shutdown(cancel_futures=True)
