"""Whether the two channels of a FLAC are the same, told without decoding it."""

# https://www.rfc-editor.org/rfc/rfc9639.html: the format, sections 8.2 and 9.

_INDEPENDENT, _LEFT_SIDE, _SIDE_RIGHT, _MID_SIDE = 1, 8, 9, 10
_DEPTHS = {1: 8, 2: 12, 4: 16, 5: 20, 6: 24, 7: 32}
_HEADER_BYTES = 16
_CHECKSUM_BYTES = 2


def depth_of(head: bytes) -> int:
    """Read from STREAMINFO how many bits a sample has."""
    return (int.from_bytes(head[20:22], "big") >> 4 & 0x1F) + 1


def same_channels(data: bytes, depth: int) -> bool | None:
    """Tell whether both channels are the same in a part of a file; None for silence.

    ``depth`` is how many bits a sample has. An encoder that keeps the difference of the channels
    keeps none; one that keeps both writes the same bits twice.
    """
    bits = bin(int.from_bytes(b"\1" + data, "big"))[3:]
    heard = None
    place = data.find(b"\xff")
    while place >= 0:
        frame = _Frame.at(data, place, depth)
        if frame is None:
            place = data.find(b"\xff", place + 1)
            continue
        try:
            same, end = frame.judge(bits)
        except ValueError:  # the window ends within the frame
            break
        if same is False:
            return False
        heard = heard or same
        place = -(-end // 8) + _CHECKSUM_BYTES
    return heard


class _Frame:
    """A frame of two channels; places are bits of the window that it lies in."""

    def __init__(self, start: int, assignment: int, samples: int, depth: int) -> None:
        self._start = start
        self._assignment = assignment
        self._samples = samples
        self._depth = depth

    @classmethod
    def at(cls, data: bytes, place: int, depth: int) -> "_Frame | None":
        """Read the header that begins at a byte; None where there is none, or no two channels."""
        head = data[place : place + _HEADER_BYTES]
        if len(head) < _HEADER_BYTES or head[0] != 0xFF or head[1] & 0xFE != 0xF8:
            return None
        size, rate, assignment = head[2] >> 4, head[2] & 0xF, head[3] >> 4
        pairs = {_INDEPENDENT, _LEFT_SIDE, _SIDE_RIGHT, _MID_SIDE}
        if not size or rate == 0xF or assignment not in pairs or head[3] & 1:
            return None
        # The frame's number, as long as UTF-8 would write it.
        end = 4 + (1 if head[4] < 0x80 else 8 - (head[4] ^ 0xFF).bit_length())
        if size in {6, 7}:
            samples = int.from_bytes(head[end : end + size - 5], "big") + 1
            end += size - 5
        else:
            samples = 192 if size == 1 else 576 << size - 2 if size < 6 else 256 << size - 8
        end += {12: 1, 13: 2, 14: 2}.get(rate, 0)
        if end >= len(head) or _checksum(head[:end]) != head[end]:
            return None
        depth = _DEPTHS.get(head[3] >> 1 & 7, depth)
        return cls(8 * (place + end + 1), assignment, samples, depth)

    def judge(self, bits: str) -> tuple[bool | None, int]:
        """Tell whether the channels are the same, and where they end. Raises ValueError if cut."""
        second = self._end_of(bits, self._start, self._depth + (self._assignment == _SIDE_RIGHT))
        is_last_side = self._assignment in {_LEFT_SIDE, _MID_SIDE}
        end = self._end_of(bits, second, self._depth + is_last_side)
        one, other = bits[self._start : second], bits[second:end]
        side = one if self._assignment == _SIDE_RIGHT else other
        is_same = one == other if self._assignment == _INDEPENDENT else _is_zero(side)
        is_silent = _is_constant(one) and _is_constant(other)
        return (None if is_same and is_silent else is_same), end

    def _end_of(self, bits: str, place: int, depth: int) -> int:
        """Find where a channel's part of the frame ends."""
        kind = int(bits[place + 1 : place + 7] or "x", 2)
        wasted = bits[place + 7 : place + 8] == "1"
        place += 8
        if wasted:
            after = bits.index("1", place) + 1
            depth -= after - place
            place = after
        if kind == 0:
            return self._within(bits, place + depth)
        if kind == 1:
            return self._within(bits, place + depth * self._samples)
        if 8 <= kind <= 12:
            order = kind - 8
            return self._end_of_residual(bits, place + order * depth, order)
        if kind < 32:
            raise ValueError(f"{kind} is no kind of a subframe; the window does not begin as FLAC")
        order = kind - 31
        place += order * depth
        precision = int(bits[place : place + 4] or "x", 2) + 1
        return self._end_of_residual(bits, place + 9 + order * precision, order)

    def _end_of_residual(self, bits: str, place: int, order: int) -> int:
        width = 4 + int(bits[place : place + 2] or "x", 2)
        partitions = int(bits[place + 2 : place + 6] or "x", 2)
        place += 6
        for number in range(1 << partitions):
            samples = (self._samples >> partitions) - (0 if number else order)
            rice = int(bits[place : place + width] or "x", 2)
            place += width
            if rice == (1 << width) - 1:
                place += 5 + samples * int(bits[place : place + 5] or "x", 2)
                continue
            for _ in range(samples):
                place = bits.index("1", place) + 1 + rice
        return self._within(bits, place)

    @staticmethod
    def _within(bits: str, place: int) -> int:
        if place > len(bits):
            raise ValueError(f"bit {place} of a window of {len(bits)}; the frame is cut")
        return place


def _is_constant(part: str) -> bool:
    return part[1:7] == "000000"


def _is_zero(part: str) -> bool:
    return _is_constant(part) and "1" not in part[8:]


def _checksum(data: bytes) -> int:
    """Compute the CRC-8 of a frame's header."""
    crc = 0
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x107) if crc & 0x80 else crc << 1
    return crc
