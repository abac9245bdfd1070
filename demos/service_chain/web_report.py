"""Write the page of one run of the chain."""

from pathlib import Path

from demos.report.html import Html, tag
from demos.report.page import page
from demos.service_chain.results import Results
from demos.service_chain.sections import all_sections, hero

HERE = Path(__file__).parent


def report(results: Results) -> str:
    """Return the whole page as one self-contained HTML document."""
    return page(
        title="Service chain: recordings and texts, understood",
        hero=hero(results),
        sections=all_sections(results),
        foot=_foot(results),
        styles=(HERE / "reading.css", HERE / "machine.css"),
        scripts=(HERE / "player.js",),
    )


def _foot(results: Results) -> Html:
    return tag(
        "p",
        f"Made by make demo on {results.ran_at:%d %B %Y, %H:%M %Z}. This file fetches nothing: it "
        "can be kept, mailed and printed.",
    )
