"""Write the page of one shop day."""

from demos.report.html import Html, tag
from demos.report.page import page
from demos.retail_demographics.results import Results
from demos.retail_demographics.sections import all_sections, hero


def report(results: Results) -> str:
    """Return the whole page as one self-contained HTML document."""
    return page(
        title=f"A shop day: {results.day}",
        hero=hero(results),
        sections=all_sections(results),
        foot=_foot(results),
    )


def _foot(results: Results) -> Html:
    return tag(
        "p",
        f"Made by make demo on {results.ran_at:%d %B %Y, %H:%M %Z}. This file fetches nothing: it "
        "can be kept, mailed and printed.",
    )
