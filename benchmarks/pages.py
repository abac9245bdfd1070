"""Write what is generated of the pages: pictures, costs, quota arithmetic, waivers, gaps."""

import re
import tempfile
from pathlib import Path

from app import build_app  # first of ours: it chooses the Node that aws_cdk starts
from benchmarks import tables
from benchmarks.costs import retail_demographics, service_chain
from demos.retail_demographics.picture import PICTURE as RETAIL_PICTURE
from demos.service_chain.picture import PICTURE as CHAIN_PICTURE
from guardrails import gate, waiver_report
from guardrails.packs import ALL_PACKS
from sandbox.enforcement import inert

DOCS = Path(__file__).parents[1] / "docs"
RETAIL = DOCS / "retail_demographics.md"
CHAIN = DOCS / "service_chain.md"
IMAGES = DOCS / "images"
WAIVERS = DOCS / "security-waivers.md"
SANDBOX = DOCS.parent / "sandbox" / "README.md"
EVERY_RULE = {"guardrails.packs": list(ALL_PACKS)}  # the waivers of every pack, switched on or not


def generated(assembly: Path) -> dict[Path, str]:
    """Return every generated file with its text, so that a test can compare and not write.

    ``assembly`` is the folder of a synthesis with ``EVERY_RULE``.
    """
    gaps = put_between(SANDBOX.read_text(encoding="utf-8"), "inert", inert.table())
    waivers = waiver_report.page(waiver_report.entries(assembly))
    return {
        RETAIL: filled(RETAIL, retail_tables()),
        IMAGES / "retail_demographics.svg": RETAIL_PICTURE.standalone(),
        CHAIN: filled(CHAIN, chain_tables()),
        IMAGES / "service_chain.svg": CHAIN_PICTURE.standalone(),
        WAIVERS: waivers,
        SANDBOX: gaps,
    }


def retail_tables() -> dict[str, str]:
    """Write the tables of retail demographics, by the name of their place."""
    month = retail_demographics.per_month()
    return {
        "costs-per-image": tables.image_costs(),
        "costs-per-month": tables.month_costs(month),
        "prices": tables.price_list([*retail_demographics.per_image(1), *month]),
        "quota": tables.image_quota(),
    }


def chain_tables() -> dict[str, str]:
    """Write the tables of the service chain, by the name of their place."""
    month = service_chain.per_month()
    one = service_chain.per_documents(service_chain.spoken_hour())
    return {
        "costs-per-document": tables.document_costs(),
        "costs-per-month": tables.month_costs(month),
        "prices": tables.price_list([*one, *month]),
        "quota": tables.document_quota(),
    }


def filled(page: Path, named: dict[str, str]) -> str:
    """Put tables into a page, each in its place."""
    text = page.read_text(encoding="utf-8")
    for name, table in named.items():
        text = put_between(text, name, table)
    return text


def put_between(text: str, name: str, table: str) -> str:
    """Replace what stands between ``<!-- name -->`` and ``<!-- /name -->``."""
    opening, closing = f"<!-- {name} -->", f"<!-- /{name} -->"
    pattern = re.compile(f"{re.escape(opening)}.*?{re.escape(closing)}", re.DOTALL)
    if not pattern.search(text):
        raise ValueError(f"no {opening} … {closing} in the page: put both where the table belongs")
    return pattern.sub(lambda _: f"{opening}\n{table}\n{closing}", text)


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
