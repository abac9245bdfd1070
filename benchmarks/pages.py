"""Write what is generated of the pages: pictures, costs, quota arithmetic, waivers, gaps."""

import re
import tempfile
from pathlib import Path

from app import build_app  # first of ours: it chooses the Node that aws_cdk starts
from benchmarks.costs import Line, Range, hours_for, per_image, per_month, total
from benchmarks.prices import prices
from demos.retail_demographics.picture import standalone
from guardrails import gate, ledger
from guardrails.packs import ALL_PACKS
from sandbox.enforcement import inert

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "retail_demographics.md"
PICTURE = DOCS / "images" / "retail_demographics.svg"
WAIVERS = DOCS / "security-waivers.md"
SANDBOX = DOCS.parent / "sandbox" / "README.md"
IMAGES = (1_000, 1_000_000)
EVERY_RULE = {"guardrails.packs": list(ALL_PACKS)}  # the waivers of every pack, switched on or not


def generated(assembly: Path) -> dict[Path, str]:
    """Return every generated file with its text, so that a test can compare and not write.

    ``assembly`` is the folder of a synthesis with ``EVERY_RULE``.
    """
    gaps = put_between(SANDBOX.read_text(encoding="utf-8"), "inert", inert.table())
    text = PAGE.read_text(encoding="utf-8")
    for name, table in (
        ("costs-per-image", image_costs()),
        ("costs-per-month", month_costs()),
        ("prices", price_list()),
        ("quota", quota()),
    ):
        text = put_between(text, name, table)
    waivers = ledger.page(ledger.entries(assembly))
    return {PAGE: text, PICTURE: standalone(), WAIVERS: waivers, SANDBOX: gaps}


def put_between(text: str, name: str, table: str) -> str:
    """Replace what stands between ``<!-- name -->`` and ``<!-- /name -->``."""
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(opening)}.*?{re.escape(closing)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"no {opening} … {closing} in the page: put both where the table belongs")
    return pattern.sub(lambda _: f"{opening}\n{table}\n{closing}", text)


def image_costs() -> str:
    """Tabulate the cost of a thousand and of a million images."""
    small, large = (per_image(n) for n in IMAGES)
    rows = [
        [a.item, *_dollars(Range(a.low, a.high), 4), *_dollars(Range(b.low, b.high), 2), a.why]
        for a, b in zip(small, large, strict=True)
    ]
    rows.append(["**Total**", *_bold(total(small), 4), *_bold(total(large), 2), ""])
    rest = [total(lines[1:]) for lines in (small, large)]
    rows.append(["of which not Rekognition", *_dollars(rest[0], 4), *_dollars(rest[1], 2), ""])
    heads = ["US dollars", "1,000 low", "1,000 high", "1 M low", "1 M high", "Because"]
    return _table(heads, rows)


def month_costs() -> str:
    """Tabulate what a month costs before the first image."""
    lines = per_month()
    rows = [_month_row(line) for line in lines]
    rows.append(["**Total**", *_bold(total(lines), 2), ""])
    return _table(["US dollars a month", "Low", "High", "Because"], rows)


def _month_row(line: Line) -> list[str]:
    return [line.item, *_dollars(Range(line.low, line.high), 2), line.why]


def price_list() -> str:
    """Tabulate the prices with their sources."""
    rows = [
        [
            p.title,
            f"{p.low:g}" if p.low == p.high else f"{p.low:g} to {p.high:g}",
            f"{p.per:,.0f} {p.unit}",
            p.source + (f". {p.note}" if p.note else ""),
            f"{p.date:%Y-%m-%d}",
        ]
        for p in prices().values()
    ]
    return _table(["Price", "US dollars", "Per", "Source", "Read"], rows)


def quota() -> str:
    """Tabulate how long a million images take at the quotas that AWS grants by default."""
    rows = [
        [f"{tps} calls a second", where, f"{tps * 86_400:,}", f"{hours_for(1_000_000, tps):.1f} h"]
        for tps, where in (
            (50, "us-east-1, us-west-2, eu-west-1"),
            (5, "most other Regions"),
        )
    ]
    return _table(
        ["DetectFaces quota", "Where", "Images a day at most", "1 M images, at least"], rows
    )


def _dollars(amount: Range, digits: int) -> list[str]:
    return [f"{amount.low:,.{digits}f}", f"{amount.high:,.{digits}f}"]


def _bold(amount: Range, digits: int) -> list[str]:
    return [f"**{shown}**" for shown in _dollars(amount, digits)]


def _table(heads: list[str], rows: list[list[str]]) -> str:
    numeric = [all(re.fullmatch(r"[*$\d.,]+|", row[n]) for row in rows) for n in range(len(heads))]
    rule = ["---:" if right and heads[n] != "Because" else "---" for n, right in enumerate(numeric)]
    return "\n".join("| " + " | ".join(row) + " |" for row in [heads, rule, *rows])


def main() -> None:
    """Rewrite what has changed, and say so."""
    with tempfile.TemporaryDirectory() as folder:
        gate(build_app(outdir=folder, overrides=EVERY_RULE))
        pages = generated(Path(folder))
    for path, text in pages.items():
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()
