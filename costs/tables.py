"""Tabulate bills and prices for the pages, in Markdown."""

from collections.abc import Callable, Iterable, Sequence

from costs.bill import Line, Range, total
from costs.markdown import table
from costs.prices import prices


def two_bills(
    heads: Sequence[str],
    bills: Sequence[list[Line]],
    service: str,
    rest_of: Callable[[list[Line]], list[Line]],
    digits: tuple[int, int] = (4, 2),
) -> str:
    """Set two bills of the same items side by side, with their totals."""
    small, large = bills
    rows = [
        [a.item, *_dollars(Range(a.low, a.high), digits[0]),
         *_dollars(Range(b.low, b.high), digits[1]), a.why]
        for a, b in zip(small, large, strict=True)
    ]  # fmt: skip
    rows.append(["**Total**", *_bold(total(small), digits[0]), *_bold(total(large), digits[1]), ""])
    rest = [total(rest_of(lines)) for lines in bills]
    shown = [_dollars(amount, n) for amount, n in zip(rest, digits, strict=True)]
    rows.append([f"of which not {service}", *shown[0], *shown[1], ""])
    return table(heads, rows)


def month_costs(lines: list[Line]) -> str:
    """Tabulate what a month costs before the first use."""
    rows = [[a.item, *_dollars(Range(a.low, a.high), 2), a.why] for a in lines]
    rows.append(["**Total**", *_bold(total(lines), 2), ""])
    return table(["US dollars a month", "Low", "High", "Because"], rows)


def choices(lines: list[Line]) -> str:
    """Tabulate costs of which one or the other is paid."""
    rows = [[a.item, *_dollars(Range(a.low, a.high), 3), a.why] for a in lines]
    return table(["US dollars", "Low", "High", "Because"], rows)


def price_list(lines: Iterable[Line]) -> str:
    """Tabulate the prices that bills use, with their sources."""
    used = [line.price for line in lines]
    rows = [
        [
            p.title,
            f"{p.low:g}" if p.low == p.high else f"{p.low:g} to {p.high:g}",
            f"{p.per:,.0f} {p.unit}",
            p.source + (f". {p.note}" if p.note else ""),
            f"{p.date:%Y-%m-%d}",
        ]
        for p in prices().values()
        if p in used
    ]
    return table(["Price", "US dollars", "Per", "Source", "Read"], rows)


def _dollars(amount: Range, digits: int) -> list[str]:
    return [f"{amount.low:,.{digits}f}", f"{amount.high:,.{digits}f}"]


def _bold(amount: Range, digits: int) -> list[str]:
    return [f"**{shown}**" for shown in _dollars(amount, digits)]
