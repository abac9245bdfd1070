"""Dates and moments as Trino reads and writes them."""

import calendar
import datetime as dt
import re
from collections.abc import Callable

from sandbox.services.athena.engine.errors import tagged

UNITS = ("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year")
_MOMENT = re.compile(
    r"\s*([+-]?\d{4,})-(\d{1,2})-(\d{1,2})"
    r"(?: (?:(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d+))?)?)?\s*(\S.*)?)?\s*"
)
_ISO = re.compile(
    r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?"
    r"(?:T(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d+))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?"
)
_NAMES = list(calendar.day_name)
_MONTHS = list(calendar.month_name)[1:]


def text(value: dt.datetime, precision: int = 3) -> str:
    """Write a moment as Trino prints timestamp(3), or timestamp(6)."""
    return f"{value:%Y-%m-%d %H:%M:%S}.{value.microsecond // 10 ** (6 - precision):0{precision}d}"


def _fraction(digits: str | None) -> int:
    return round(int((digits or "0")[:9].ljust(9, "0")) / 1_000_000) * 1000


def text_date(value: str) -> dt.date:
    """Cast text to a date: only year, month and day."""
    found = re.fullmatch(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*", value)
    try:
        if found:
            return dt.date(*map(int, found.groups()))
    except ValueError:
        pass
    raise tagged("INVALID_CAST_ARGUMENT", f"Value cannot be cast to date: {value}")


def _moment(value: str, kind: str) -> tuple[dt.datetime, str | None]:
    found = _MOMENT.fullmatch(value)
    try:
        if found:
            year, month, day, hour, minute, second, fraction, zone = found.groups()
            moment = dt.datetime(
                int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0)
            )
            return moment + dt.timedelta(microseconds=_fraction(fraction)), zone
    except ValueError:
        pass
    raise tagged("INVALID_CAST_ARGUMENT", f"Value cannot be cast to {kind}: {value}")


def text_timestamp(value: str) -> dt.datetime:
    """Cast text to a timestamp: a space, not a T, before the time, and no zone."""
    moment, zone = _moment(value, "timestamp")
    if zone:
        raise tagged("INVALID_CAST_ARGUMENT", f"Value cannot be cast to timestamp: {value}")
    return moment


def text_instant(value: str) -> dt.datetime:
    """Cast text to a timestamp with time zone, in UTC."""
    moment, zone = _moment(value, "timestamp with time zone")
    if zone not in (None, "UTC", "Z"):
        message = f"the sandbox's Athena does not carry the cast of text in zone {zone} yet"
        raise tagged("NOT_SUPPORTED", message)
    return moment.replace(tzinfo=dt.UTC)


def from_iso8601_date(value: str) -> dt.date:
    """Read an ISO 8601 date."""
    found = _ISO.fullmatch(value)
    try:
        if found and not found[4]:
            return dt.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        pass
    raise tagged("INVALID_FUNCTION_ARGUMENT", f'Invalid format: "{value}"')


def from_iso8601_timestamp(value: str) -> dt.datetime:
    """Read an ISO 8601 moment; a zone other than UTC is refused, because it would be lost."""
    found = _ISO.fullmatch(value)
    try:
        if found:
            year, month, day, hour, minute, second, fraction, zone = found.groups()
            moment = dt.datetime(
                int(year), int(month or 1), int(day or 1), int(hour or 0), int(minute or 0),
                int(second or 0), _fraction(fraction[:3] if fraction else None), dt.UTC,
            )  # fmt: skip
            if zone in (None, "Z", "+00:00", "+0000", "+00", "-00:00"):
                return moment
            message = f"the sandbox's Athena does not carry from_iso8601_timestamp in {zone} yet"
            raise tagged("NOT_SUPPORTED", message)
    except ValueError as error:
        if "ATHENA[" in str(error):
            raise
    raise tagged("INVALID_FUNCTION_ARGUMENT", f'Invalid format: "{value}"')


def iso_instant(value: dt.datetime, zone: str) -> str:
    """Write an instant, given in UTC, as to_iso8601 does."""
    if zone != "UTC":
        message = f"the sandbox's Athena does not carry to_iso8601 in {zone} yet"
        raise tagged("NOT_SUPPORTED", message)
    return f"{value:%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"


_OUT: dict[str, Callable[[dt.datetime], str]] = {
    "a": lambda t: _NAMES[t.weekday()][:3], "b": lambda t: _MONTHS[t.month - 1][:3],
    "c": lambda t: str(t.month), "d": lambda t: f"{t.day:02d}", "e": lambda t: str(t.day),
    "f": lambda t: f"{t.microsecond // 1000:03d}000", "H": lambda t: f"{t.hour:02d}",
    "h": lambda t: f"{(t.hour - 1) % 12 + 1:02d}", "I": lambda t: f"{(t.hour - 1) % 12 + 1:02d}",
    "i": lambda t: f"{t.minute:02d}", "j": lambda t: f"{t.timetuple().tm_yday:03d}",
    "k": lambda t: str(t.hour), "l": lambda t: str((t.hour - 1) % 12 + 1),
    "M": lambda t: _MONTHS[t.month - 1], "m": lambda t: f"{t.month:02d}",
    "p": lambda t: "AM" if t.hour < 12 else "PM", "S": lambda t: f"{t.second:02d}",
    "s": lambda t: f"{t.second:02d}", "T": lambda t: f"{t:%H:%M:%S}",
    "r": lambda t: f"{(t.hour - 1) % 12 + 1:02d}:{t:%M:%S} {'AM' if t.hour < 12 else 'PM'}",
    "v": lambda t: f"{t.isocalendar().week:02d}", "W": lambda t: _NAMES[t.weekday()],
    "x": lambda t: str(t.isocalendar().year), "Y": lambda t: f"{t.year:04d}",
    "y": lambda t: f"{t.year % 100:02d}", "%": lambda t: "%",
}  # fmt: skip


def date_format(value: dt.datetime, pattern: str) -> str:
    """Write a moment by a MySQL pattern."""

    def one(found: re.Match[str]) -> str:
        write = _OUT.get(found[1])
        if write is None and found[1] in "DUuVwX":
            message = f"%{found[1]} not supported in date format string"
            raise tagged("INVALID_FUNCTION_ARGUMENT", message)
        return write(value) if write else found[1]

    return re.sub(r"%(.)", one, pattern)


_IN = {
    "a": ("weekday", r"[A-Za-z]{3}"), "b": ("mon", r"[A-Za-z]{3}"), "c": ("m", r"\d{1,2}"),
    "d": ("d", r"\d{1,2}"), "e": ("d", r"\d{1,2}"), "f": ("f", r"\d{1,9}"), "H": ("H", r"\d{1,2}"),
    "h": ("I", r"\d{1,2}"), "I": ("I", r"\d{1,2}"), "i": ("M", r"\d{1,2}"), "j": ("j", r"\d{1,3}"),
    "k": ("H", r"\d{1,2}"), "l": ("I", r"\d{1,2}"), "M": ("mon", r"[A-Za-z]+"),
    "m": ("m", r"\d{1,2}"), "p": ("p", r"[AaPp][Mm]"), "S": ("S", r"\d{1,2}"),
    "s": ("S", r"\d{1,2}"), "W": ("weekday", r"[A-Za-z]+"), "Y": ("Y", r"\d{4}"),
    "y": ("y", r"\d{2}"), "%": ("", "%"),
}  # fmt: skip


def date_parse(value: str, pattern: str) -> dt.datetime:
    """Read a moment by a MySQL pattern."""
    wide = pattern.replace("%T", "%H:%i:%s").replace("%r", "%h:%i:%s %p")
    keys: list[str] = []
    expression = ""
    for piece in re.findall(r"%.|[^%]+", wide, flags=re.DOTALL):
        if piece[0] == "%" and piece[1] not in _IN:
            message = f"%{piece[1]} not supported in date format string"
            raise tagged("INVALID_FUNCTION_ARGUMENT", message)
        key, part = _IN[piece[1]] if piece[0] == "%" else ("", re.escape(piece))
        expression += f"({part})" if key else part
        keys += [key] if key else []
    found = re.fullmatch(expression, value)
    try:
        if found:
            return _build(dict(zip(keys, found.groups(), strict=True)))
    except (ValueError, IndexError):
        pass
    raise tagged("INVALID_FUNCTION_ARGUMENT", f'Invalid format: "{value}"')


def _build(got: dict[str, str]) -> dt.datetime:
    year = int(got.get("Y") or 1970)
    if "y" in got:
        year = int(got["y"]) + (2000 if int(got["y"]) < 70 else 1900)
    month = int(got.get("m") or 1)
    if "mon" in got:
        month = [m[:3].lower() for m in _MONTHS].index(got["mon"][:3].lower()) + 1
    hour = int(got.get("H") or 0)
    if "I" in got:
        hour = int(got["I"]) % 12 + (12 if got.get("p", "AM").upper() == "PM" else 0)
    moment = dt.datetime(
        year, month, int(got.get("d") or 1), hour, int(got.get("M") or 0), int(got.get("S") or 0)
    )
    if "j" in got:
        moment = moment.replace(month=1, day=1) + dt.timedelta(days=int(got["j"]) - 1)
    return moment + dt.timedelta(microseconds=_fraction(got.get("f")))
