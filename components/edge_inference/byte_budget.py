"""How many bytes of frames may leave a device on one day."""

import json
from datetime import UTC, datetime


class ByteBudget:
    """A number of bytes for each day by UTC, kept over restarts.

    A clock that is set back opens no day once more: the newest day that was seen counts.
    """

    def __init__(self, daily_bytes: int, state: bytes | None = None) -> None:
        self._daily = daily_bytes
        self._day, self._spent = "", 0
        if state:
            found = json.loads(state)
            self._day, self._spent = str(found["day"]), int(found["spent"])

    def spend(self, size: int, wall: float) -> bool:
        """Take bytes out of today's budget if they are in it; nothing is taken if they are not."""
        day = datetime.fromtimestamp(wall, UTC).date().isoformat()
        if day > self._day:
            self._day, self._spent = day, 0
        if self._spent + size > self._daily:
            return False
        self._spent += size
        return True

    def state(self) -> bytes:
        """Give what was spent, for after a restart."""
        return json.dumps({"day": self._day, "spent": self._spent}).encode()
