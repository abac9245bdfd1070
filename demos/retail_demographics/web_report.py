"""Write the page of one shop day."""

from pathlib import Path

from demos.report.page import page
from demos.retail_demographics.results import Results
from demos.retail_demographics.sections import all_sections, hero

HERE = Path(__file__).parent


def report(results: Results) -> str:
    """Return the whole page as one self-contained HTML document."""
    return page(
        title=f"A shop day: {results.day}",
        hero=hero(results),
        sections=all_sections(results),
        ran_at=results.ran_at,
        styles=(HERE / "frames.css",),
    )
