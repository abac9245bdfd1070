"""Wrap sections into one self-contained page that can neither fetch nor run anything else."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from demos.report.html import Html, join, tag

HERE = Path(__file__).parent
HATCHING = Html(
    '<svg width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" class="hatch-ground"/>'
    '<rect width="2" height="6" class="hatch-line"/></pattern></defs></svg>'
)
FOOT = (
    "Made by make demo on {:%d %B %Y, %H:%M %Z}. This file fetches nothing: it can be kept, mailed "
    "and printed."
)
HALF_MOON = Html(
    '<svg viewBox="0 0 20 20" aria-hidden="true"><circle cx="10" cy="10" r="8"/>'
    '<path class="half" d="M10 2a8 8 0 0 1 0 16z"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a page: where the contents list links to, its heading, one sentence, the rest."""

    anchor: str
    heading: str
    lead: object
    body: Html


def page(
    *,
    title: str,
    hero: Html,
    sections: Sequence[Section],
    ran_at: datetime,
    styles: Sequence[Path] = (),
    scripts: Sequence[Path] = (),
) -> str:
    """Write the page, with the style sheets and scripts of this demo behind those of all.

    Its content security policy allows the one script by its hash and no request at all: should a
    hostile text ever get past the escaping, it still would not run.
    """
    sheets = (HERE / "page.css", HERE / "diagram.css", *styles)
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in sheets)
    script = "".join(file.read_text(encoding="utf-8") for file in (HERE / "page.js", *scripts))
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    contents = tag(
        "nav",
        *(tag("a", s.anchor.capitalize(), href=f"#{s.anchor}", title=s.heading) for s in sections),
        class_="contents",
        aria_label="Contents",
    )
    toggle = tag(
        "button",
        HALF_MOON,
        type="button",
        id="theme",
        hidden=True,
        aria_label="Switch between light and dark",
        title="Switch between light and dark",
    )
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Html(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        Html('<link rel="icon" href="data:,">'),
        Html(f"<style>{style}</style>"),
    )
    body = tag(
        "body",
        tag("a", "Skip to the content", href="#content", class_="skip"),
        HATCHING,
        tag("header", toggle, hero, class_="hero"),
        contents,
        tag("main", *(_section(s) for s in sections), id="content"),
        tag("footer", tag("p", FOOT.format(ran_at))),
        Html(f"<script>{script}</script>"),
    )
    return "<!doctype html>\n" + tag("html", head, body, lang="en")


def _section(section: Section) -> Html:
    heading = tag("h2", section.heading)
    lead = tag("p", section.lead, class_="lead")
    return tag("section", join([heading, lead, section.body]), id=section.anchor)


def data_source(data: bytes, media_type: str) -> str:
    """Carry a picture or a sound inside the page."""
    return f"data:{media_type};base64,{b64encode(data).decode()}"
