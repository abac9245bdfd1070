"""Tabulate costs, prices and quotas for the pages."""

import re
from collections.abc import Callable, Iterable, Sequence

from benchmarks.costs import retail_demographics as retail
from benchmarks.costs import service_chain as chain
from benchmarks.costs.bill import Line, Range, total
from benchmarks.prices import prices

IMAGES = (1_000, 1_000_000)
TEXT = 2_000  # characters of the text that the pages price
DOCUMENTS = 1_000


def image_costs() -> str:
    """Tabulate the cost of a thousand and of a million images."""
    heads = ["US dollars", "1,000 low", "1,000 high", "1 M low", "1 M high", "Because"]
    bills = [retail.per_image(n) for n in IMAGES]
    return two_bills(heads, bills, "Rekognition", lambda lines: lines[1:])


def document_costs() -> str:
    """Tabulate the cost of a thousand texts and of an hour of audio."""
    heads = [
        "US dollars", "1,000 texts low", "1,000 texts high", "1 audio hour low",
        "1 audio hour high", "Because",
    ]  # fmt: skip
    amounts = (chain.expected(TEXT).times(DOCUMENTS), chain.spoken_hour())
    bills = [chain.per_documents(amount) for amount in amounts]
    used = [n for n, pair in enumerate(zip(*bills, strict=True)) if any(a.high for a in pair)]
    shown = [[bill[n] for n in used] for bill in bills]
    return two_bills(heads, shown, "AI services", _without_ai, digits=(3, 4))


def _without_ai(lines: list[Line]) -> list[Line]:
    services = chain.ai_services(lines)
    return [line for line in lines if line not in services]


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


def image_quota() -> str:
    """Tabulate how long a million images take at the quotas that AWS grants by default."""
    rows = [
        [
            f"{tps} calls a second",
            where,
            f"{tps * 86_400:,}",
            f"{retail.hours_for(1_000_000, tps):.1f} h",
        ]
        for tps, where in (
            (50, "us-east-1, us-west-2, eu-west-1"),
            (5, "most other Regions"),
        )
    ]
    return table(
        ["DetectFaces quota", "Where", "Images a day at most", "1 M images, at least"], rows
    )


def document_quota() -> str:
    """Tabulate what each quota of the chain lets through, at the settings' share of it."""
    share, languages = 0.9, 3
    rows = []
    for api, tps, per_call, times in (
        ("Comprehend, batch calls", 10, chain.BATCH, languages),
        ("Comprehend, language of a text", 20, 10**9, 1),
        ("Translate, text calls (AWS publishes none; a setting)", 20, chain.CHUNK, languages - 1),
    ):
        texts = chain.documents_an_hour(
            TEXT, calls_per_second=tps * share, characters_per_call=per_call, languages=times
        )
        hours = chain.documents_an_hour(
            round(3600 * chain.SPEECH), calls_per_second=tps * share,
            characters_per_call=per_call, languages=times,
        )  # fmt: skip
        rows.append([api, f"{tps}", f"{texts:,.0f}", f"{hours:,.0f}"])
    rows.append(["Transcribe, starts", "25", "", f"{25 * share * 3600:,.0f}"])
    heads = ["Quota", "Calls a second", "Texts an hour", "Recordings of an hour, an hour"]
    return table(heads, rows)


def _dollars(amount: Range, digits: int) -> list[str]:
    return [f"{amount.low:,.{digits}f}", f"{amount.high:,.{digits}f}"]


def _bold(amount: Range, digits: int) -> list[str]:
    return [f"**{shown}**" for shown in _dollars(amount, digits)]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Write a table; columns of numbers align to the right."""
    numeric = [all(re.fullmatch(r"[*$\d.,]+|", row[n]) for row in rows) for n in range(len(heads))]
    rule = ["---:" if right and heads[n] != "Because" else "---" for n, right in enumerate(numeric)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, rule, *rows])
