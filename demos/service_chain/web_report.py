"""Write the page of one run of the chain."""

from pathlib import Path

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
        ran_at=results.ran_at,
        styles=(HERE / "reading.css", HERE / "machine.css"),
        scripts=(HERE / "player.js",),
    )
