"""A file's records, as requests: one record each, or as many as fit into a payload."""

from collections.abc import Iterator, Sequence

MIB = 1024 * 1024


class TooLargeError(Exception):
    """A record is larger than a payload may be."""


def records(content: bytes, split: str) -> list[bytes]:
    """Take a file apart; without a split it is one record."""
    if split == "None":
        return [content]
    return [line for line in content.split(b"\n") if line.strip(b"\r")]


def batches(found: Sequence[bytes], most_bytes: int, *, together: bool) -> Iterator[list[bytes]]:
    """Put records together, each with its line end; 0 bytes stand for no limit.

    Raises TooLargeError for a record that fits into no payload.
    """
    batch, size = list[bytes](), 0
    for record in found:
        length = len(record) + 1
        if most_bytes and len(record) > most_bytes:
            raise TooLargeError(
                f"a record of {len(record)} bytes is larger than MaxPayloadInMB, which is "
                f"{most_bytes // MIB}"
            )
        if batch and (not together or (most_bytes and size + length > most_bytes)):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    if batch:
        yield batch
