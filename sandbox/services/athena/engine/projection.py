"""Partition projection: which values a key may take, and where each partition lies."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.tables import Table

_UNITS = {"DAY": "days", "HOUR": "hours", "MINUTE": "minutes", "SECOND": "seconds", "WEEK": "weeks"}
_LETTERS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H", "mm": "%M", "ss": "%S"}
_NOW = re.compile(
    r"NOW\s*(?:([+-])\s*(\d+)\s*(YEAR|MONTH|WEEK|DAY|HOUR|MINUTE|SECOND)S?)?", re.IGNORECASE
)


def invalid(table: Table, message: str) -> AthenaError:
    """Report a property that Athena could not use."""
    where = f"{table.database}.{table.name}"
    return AthenaError("INVALID_TABLE_PROPERTY", f"{message}, table: {where}")


@dataclass(frozen=True)
class Key:
    """One projected key: the text of its values as a pattern, and which of them exist."""

    name: str
    kind: str
    options: Mapping[str, str]

    def allows(self, value: str, now: dt.datetime) -> bool:
        """Tell whether the projection makes this value."""
        if self.kind == "injected":
            return True
        if self.kind == "enum":
            return value in [v.strip() for v in self.options["values"].split(",")]
        if self.kind == "integer":
            return self._integer(value)
        return self._date(value, now)

    def _integer(self, value: str) -> bool:
        low, high = (int(v) for v in self.options["range"].split(","))
        step, digits = int(self.options.get("interval", 1)), int(self.options.get("digits", 0))
        if not re.fullmatch(r"-?\d+", value):
            return False
        number = int(value)
        canonical = f"{number:0{digits}d}" if digits else str(number)
        return value == canonical and low <= number <= high and (number - low) % step == 0

    def _date(self, value: str, now: dt.datetime) -> bool:
        pattern = java_pattern(self.options["format"])
        try:
            moment = dt.datetime.strptime(value, pattern).replace(tzinfo=dt.UTC)
        except ValueError:
            return False
        low, high = (self._bound(v.strip(), pattern, now) for v in self.options["range"].split(","))
        if moment.strftime(pattern) != value or not low <= moment <= high:
            return False
        unit = self.options.get("interval.unit", "DAYS").upper().rstrip("S")
        step = int(self.options.get("interval", 1))
        if unit in ("MONTH", "YEAR"):
            months = (moment.year - low.year) * 12 + moment.month - low.month
            return months % (step * (12 if unit == "YEAR" else 1)) == 0
        finer = "%H" in pattern or "%M" in pattern
        if step == 1 and (unit == "DAY" or finer):
            return True
        return (moment - low) % dt.timedelta(**{_UNITS[unit]: step}) == dt.timedelta()

    def _bound(self, text: str, pattern: str, now: dt.datetime) -> dt.datetime:
        found = _NOW.fullmatch(text)
        if not found:
            return dt.datetime.strptime(text, pattern).replace(tzinfo=dt.UTC)
        moment = now
        if found[2]:
            count = int(found[2]) * (-1 if found[1] == "-" else 1)
            unit = found[3].upper()
            if unit in ("MONTH", "YEAR"):
                months = now.year * 12 + now.month - 1 + count * (12 if unit == "YEAR" else 1)
                day = min(now.day, 28)
                moment = now.replace(year=months // 12, month=months % 12 + 1, day=day)
            else:
                moment = now + dt.timedelta(**{_UNITS[unit]: count})
        # A partition stands for all of its day (or hour): compare at the pattern's own precision.
        return dt.datetime.strptime(moment.strftime(pattern), pattern).replace(tzinfo=dt.UTC)


def java_pattern(text: str) -> str:
    """Turn a Java date pattern into strptime's; a letter that is not carried is refused."""
    parts = re.findall(r"'[^']*'|yyyy|MM|dd|HH|mm|ss|.", text)
    out = []
    for part in parts:
        if part in _LETTERS:
            out.append(_LETTERS[part])
        elif part.startswith("'"):
            out.append(part.strip("'").replace("%", "%%"))
        elif part.isalpha():
            message = f"the sandbox's Athena does not carry the date format {text} yet"
            raise AthenaError("INVALID_TABLE_PROPERTY", message)
        else:
            out.append(part.replace("%", "%%"))
    return "".join(out)


_NEEDS = {"enum": ("values",), "integer": ("range",), "date": ("range", "format"), "injected": ()}


def keys(table: Table) -> dict[str, Key]:
    """Read the projection of every partition key."""
    found = {}
    for name, _ in table.keys:
        prefix = f"projection.{name}."
        options = {k[len(prefix) :]: v for k, v in table.properties.items() if k.startswith(prefix)}
        kind = options.get("type", "").lower()
        if kind not in _NEEDS:
            message = (
                f"Table is configured for partition projection, but the column '{name}' has no "
                f"valid projection type: {kind or 'missing'}"
            )
            raise invalid(table, message)
        for need in _NEEDS[kind]:
            if need not in options:
                raise invalid(table, f"Missing required property: '{prefix}{need}'")
        found[name] = Key(name, kind, options)
    return found


def template(table: Table) -> str:
    """Return where a partition lies, with ${key} for each value."""
    given = table.properties.get("storage.location.template")
    if given:
        missing = [name for name, _ in table.keys if f"${{{name}}}" not in given]
        if missing:
            raise invalid(table, f"storage.location.template lacks ${{{missing[0]}}}")
        return given.rstrip("/") + "/"
    folders = "".join(f"{name}=${{{name}}}/" for name, _ in table.keys)
    return table.location.rstrip("/") + "/" + folders


def expression(table: Table, injected: Mapping[str, set[str]]) -> tuple[str, re.Pattern[str]]:
    """Return the listing prefix that covers every partition, and a pattern for object URIs."""
    text, projected = template(table), keys(table)
    shapes = {}
    for name, key in projected.items():
        if key.kind == "injected":
            shapes[name] = "|".join(re.escape(v) for v in sorted(injected[name])) or "(?!)"
        elif key.kind == "enum":
            values = (v.strip() for v in key.options["values"].split(","))
            shapes[name] = "|".join(re.escape(v) for v in values)
        elif key.kind == "integer":
            shapes[name] = r"-?\d+"
        else:
            letters = re.escape(java_pattern(key.options["format"])).replace("%Y", r"\d{4}")
            shapes[name] = re.sub("%[mdHMS]", r"\\d{2}", letters)
    seen: set[str] = set()
    pattern = ""
    for part in re.split(r"(\$\{\w+\})", text):
        name = part[2:-1] if part.startswith("${") else ""
        if not name:
            pattern += re.escape(part)
            continue
        pattern += f"(?P={name})" if name in seen else f"(?P<{name}>{shapes[name]})"
        seen.add(name)
    start = text
    for name, _ in table.keys:
        only = injected.get(name, set())
        start = start.replace(f"${{{name}}}", next(iter(only))) if len(only) == 1 else start
    return start.partition("${")[0], re.compile(pattern + "(?P<_rest>.*)", re.DOTALL)
