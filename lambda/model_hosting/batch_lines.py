"""The lines of an object that comes in parts, none longer than it may be. Pure."""

from collections.abc import Iterable, Iterator


def lines(parts: Iterable[bytes], most_bytes: int) -> Iterator[bytes | None]:
    """Yield lines without their ends; None for one that has more bytes, which is not kept.

    The end of a line is a line feed, with or without a carriage return before it. What follows the
    last one is a line, too, unless it is nothing.
    """
    kept, is_long = bytearray(), False

    def ended() -> bytes | None:
        line = None if is_long else bytes(kept).removesuffix(b"\r")
        return None if line is None or len(line) > most_bytes else line

    for part in parts:
        *whole, rest = part.split(b"\n")
        for piece in whole:
            if not is_long:
                kept += piece
            yield ended()
            kept.clear()
            is_long = False
        kept += rest
        # One byte more may be the carriage return of an end that has not come yet.
        if len(kept) > most_bytes + 1:
            is_long = True
            kept.clear()
    if kept or is_long:
        yield ended()
