"""Find out when a file was captured: from its name where that is believable, else its event."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

# ISO 8601, basic or extended. Cameras cannot put `:` into file names everywhere, so `-`, `_` and
# `.` may stand for it. A time is UTC unless a zone is written in a way that cannot be a counter
# (`...T090000-0500.jpg` is frame 500).
_TIMESTAMP = re.compile(
    r"""
    (?<![0-9])
    (?P<year>[0-9]{4}) (?P<dash>-?) (?P<month>[0-9]{2}) (?P=dash) (?P<day>[0-9]{2})
    [Tt]
    (?P<hour>[0-9]{2}) (?P<colon>[:._-]?) (?P<minute>[0-9]{2})
    (?: (?P=colon) (?P<second>[0-9]{2}) (?: [.,] (?P<fraction>[0-9]{1,9}) )? )?
    (?P<zone> [Zz] | \+[0-9]{2}(?::?[0-9]{2})? | -[0-9]{2}:[0-9]{2} )?
    (?![0-9])
    """,
    re.VERBOSE,
)
_CLOCKS_MAY_BE_AHEAD_BY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Capture:
    """When a frame was captured, in UTC, and what says so."""

    at: datetime
    source: Literal["key", "event"]


def capture_of(name: str, event_time: datetime, max_age: timedelta) -> Capture:
    """Believe the first timestamp in a name if it fits the event, else take the event's time.

    It fits when it is at most ``max_age`` before the event and at most a day after it.
    """
    at = next(_timestamps(name), None)
    if at is not None and -max_age <= at - event_time <= _CLOCKS_MAY_BE_AHEAD_BY:
        return Capture(at, "key")
    return Capture(event_time, "event")


def _timestamps(name: str) -> Iterator[datetime]:
    for match in _TIMESTAMP.finditer(name):
        part = match.groupdict()
        date = f"{part['year']}-{part['month']}-{part['day']}"
        time = f"{part['hour']}:{part['minute']}:{part['second'] or '00'}"
        fraction = (part["fraction"] or "0")[:6].ljust(6, "0")
        zone = (part["zone"] or "Z").upper()
        try:
            yield datetime.fromisoformat(f"{date}T{time}.{fraction}{zone}").astimezone(UTC)
        except (ValueError, OverflowError):
            continue  # digits that look like a date and are none, such as month 13
