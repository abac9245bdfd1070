"""How Trino, being Java, writes numbers, and its format()."""

import math
import re
import struct
from decimal import Decimal
from typing import Any

from sandbox.services.athena.engine.errors import tagged


def double_text(value: float) -> str:
    """Write a double as Java's Double.toString does: 1.0E10, 0.1, 1.0E-5, Infinity, NaN."""
    return _java(value, repr(value))


def real_text(value: float) -> str:
    """Write a float of 32 bits with the fewest digits that read back the same."""
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if struct.pack("f", float(text)) == struct.pack("f", value):
            return _java(value, repr(float(text)))
    return _java(value, repr(value))


def _java(value: float, text: str) -> str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    sign, digits, exponent = Decimal(text).normalize().as_tuple()
    figures = "".join(map(str, digits))
    point = len(figures) + int(exponent)
    minus = "-" if sign else ""
    if -3 < point <= 7:
        whole = figures[:point].ljust(point, "0") if point > 0 else "0"
        rest = figures[max(point, 0) :] if point > 0 else "0" * -point + figures
        return f"{minus}{whole}.{rest or '0'}"
    return f"{minus}{figures[0]}.{figures[1:] or '0'}E{point - 1}"


_SPEC = re.compile(r"%(?:(\d+)\$)?([-#+ 0,(]*)(\d+)?(?:\.(\d+))?([a-zA-Z%])")


def java_format(pattern: str, values: list[Any]) -> str:
    """Do what java.util.Formatter does for %s %d %f %e %x %X %b %n %%; refuse the rest."""
    position = 0

    def one(found: re.Match[str]) -> str:
        nonlocal position
        index, flags, width, precision, kind = found.groups()
        if kind in "%n":
            return "%" if kind == "%" else "\n"
        if index:
            value = values[int(index) - 1]
        else:
            value = values[position] if position < len(values) else _missing(found[0])
            position += 1
        return _one(value, flags, width, precision, kind)

    return _SPEC.sub(one, pattern)


def _missing(spec: str) -> Any:
    message = f"Invalid format string: Format specifier '{spec}'"
    raise tagged("INVALID_FUNCTION_ARGUMENT", message)


def _one(value: Any, flags: str, width: str | None, precision: str | None, kind: str) -> str:
    if kind in "sS":
        text = str(value) if precision is None else str(value)[: int(precision)]
        text = text.upper() if kind == "S" else text
        pad = int(width or 0)
        return text.ljust(pad) if "-" in flags else text.rjust(pad)
    if kind == "b":
        return str(bool(value)).lower().rjust(int(width or 0))
    whole = kind in "dxX"
    if kind not in "dxXfeE" or "(" in flags or whole != isinstance(value, int):
        raise tagged("INVALID_FUNCTION_ARGUMENT", f"Invalid format string: %{kind} of {value!r}")
    align = "<" if "-" in flags else ""
    sign = "+" if "+" in flags else " " if " " in flags else ""
    zero = "0" if "0" in flags and not align else ""
    comma = "," if "," in flags else ""
    digits = "" if whole else f".{precision or 6}"
    rounded = value if whole else _half_up(value, int(precision or 6)) if kind == "f" else value
    return format(rounded, f"{align}{sign}{zero}{width or ''}{comma}{digits}{kind}")


def _half_up(value: Any, digits: int) -> Decimal:
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    return exact.quantize(Decimal(1).scaleb(-digits), rounding="ROUND_HALF_UP")
