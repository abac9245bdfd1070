"""Which sightings to send when, and which are delivered: at least once, oldest first."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from edge_inference.retries import wait_seconds
from edge_inference.sighting import Moment, message
from edge_inference.spool import Record

_MOST = 500  # sightings in a message: Firehose takes no more records in a batch
_AGE_BYTES = 50  # what a sighting is longer by, once it says how old it is, and its comma
_SHORTEST = 250  # bytes of a sighting; what is looked at for one message


class Waiting(Protocol):
    """What a spool has to do for its records to be delivered."""

    def oldest(self, most: int, *, after: int = 0) -> list[Record]:
        """List what waits longest, of records with a number above ``after``."""

    def acknowledge(self, numbers: list[int]) -> int:
        """Forget what is delivered."""


@dataclass(frozen=True, slots=True)
class Message:
    """Bytes to send, and whose records they carry."""

    payload: bytes
    numbers: tuple[int, ...]
    sent: float


class Delivery:
    """Sends the oldest records of a spool, and forgets those whose receipt came.

    A receipt is the message itself, handed back by the broker that took it: that the nucleus took
    it says nothing, for it holds messages in memory while it is offline. Whoever trusts it all the
    same tells ``accepted`` of each message instead.

    One message is under way at a time, so that the order is kept and a device that comes back does
    not send all at once. One whose receipt does not come within ``receipt_seconds`` is sent again,
    waiting longer each time, with full jitter: devices that were cut off together must not come
    back together. ``random`` gives numbers in [0, 1).
    """

    def __init__(
        self,
        spool: Waiting,
        *,
        message_bytes: int,
        receipt_seconds: float,
        random: Callable[[], float],
    ) -> None:
        self._spool, self._message_bytes, self._random = spool, message_bytes, random
        self._receipt_seconds = receipt_seconds
        self._under_way: Message | None = None
        self._failures = 0
        self._not_before = float("-inf")
        self.delivered = 0
        self.bytes_sent = 0
        self.last_receipt: float | None = None

    def due(self, now: Moment) -> Message | None:
        """Give the message to send now, if there is one; it is under way from then on."""
        if self._under_way and now.uptime - self._under_way.sent >= self._receipt_seconds:
            self.failed(now)
        if self._under_way or now.uptime < self._not_before:
            return None
        records = self._spool.oldest(min(_MOST, self._message_bytes // _SHORTEST + 1))
        if not records:
            return None
        self._under_way = self._packed(records, now)
        self.bytes_sent += len(self._under_way.payload)
        return self._under_way

    def failed(self, now: Moment) -> None:
        """Take it that the message under way did not arrive: it waits in the spool."""
        self._under_way = None
        self._not_before = now.uptime + wait_seconds(self._failures, self._random())
        self._failures += 1

    def accepted(self, now: Moment) -> None:
        """Take it that the message under way has arrived."""
        sent, self._under_way = self._under_way, None
        if sent:
            self._spool.acknowledge(list(sent.numbers))
            self.delivered += len(sent.numbers)
            self._failures, self.last_receipt = 0, now.uptime

    def received(self, payload: bytes, now: Moment) -> bool:
        """Take a message that the broker handed back; tell whether it was the one under way.

        An earlier sending of the same records is a receipt as well: they have arrived.
        """
        if not self._under_way or _ids(payload) != _ids(self._under_way.payload):
            return False
        self.accepted(now)
        return True

    def _packed(self, records: list[Record], now: Moment) -> Message:
        """Fill a message with as many records as it holds: one at least."""
        chosen: list[dict[str, Any]] = []
        size = len("[]")
        for one in records:
            sighting = json.loads(one.body)
            size += len(one.body) + _AGE_BYTES
            if chosen and size > self._message_bytes:
                break
            chosen.append(sighting)
        numbers = tuple(one.number for one in records[: len(chosen)])
        return Message(message(chosen, now), numbers, now.uptime)


def _ids(payload: bytes) -> str:
    """Name the sightings of a message; of one that is none of ours, its bytes."""
    try:
        return "|".join(one["sighting_id"] for one in json.loads(payload))
    except (ValueError, KeyError, TypeError):
        return hashlib.sha256(payload).hexdigest()
