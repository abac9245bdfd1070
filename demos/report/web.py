"""Write a report as one self-contained page that can neither fetch nor run anything else."""

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from demos.report.blocks import LONGEST, Block, Transcript, Word
from demos.report.charts import draw, series
from demos.report.closing import closing_sections
from demos.report.glyphs import GLYPHS
from demos.report.markup import number, visible, written
from demos.report.sections import Report

HERE = Path(__file__).parent
DOUBTFUL = 0.5  # a word that was heard with less confidence


def page(report: Report) -> str:
    """Write the page.

    Its content security policy allows the one script by its hash and no request at all: should a
    hostile text ever get past the escaping, it still would not run.
    """
    script = _all("*.js")
    digest = b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    )
    template = _environment().get_template("page.html.jinja")
    return template.render(
        report=report,
        sections=[*report.sections, *closing_sections(report)],
        style=Markup(_all("*.css")),  # noqa: S704 (our own style sheets)
        script=Markup(script),  # noqa: S704 (our own scripts)
        policy=policy,
    )


def html(block: Block) -> Markup:
    """Write one block: the macro of its name in ``blocks.html.jinja``."""
    markup: Markup = getattr(_macros(), type(block).__name__)(block)
    return markup


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        finalize=written,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": number,
        "visible": visible,
        "source": _source,
        "html": html,
    }
    made.globals |= {
        "GLYPHS": GLYPHS,
        "LONGEST": LONGEST,
        "DOUBTFUL": DOUBTFUL,
        "draw": draw,
        "series": series,
        "kind": lambda value: type(value).__name__,
        "spoken": spoken,
    }
    return made


@cache
def _macros() -> Any:
    return _environment().get_template("blocks.html.jinja").module


def _all(pattern: str) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(HERE.glob(pattern)))


def _source(data: bytes, media_type: str) -> str:
    """Carry a picture or a sound inside the page."""
    return f"data:{media_type};base64,{b64encode(data).decode()}"


def spoken(transcript: Transcript) -> list[tuple[str, Word | None, str]]:
    """Cut a transcript into its words and what stands between them.

    Gives (text, word, channel): no word for what has no time of its own, a channel where it begins.
    """
    found: list[tuple[str, Word | None, str]] = []
    at, channel = 0, None
    for word in transcript.words:
        if not at <= word.begin <= word.end_offset <= len(transcript.text):
            continue
        found.append((transcript.text[at : word.begin], None, ""))
        begins = word.channel if word.channel != channel else None
        channel = word.channel or channel
        found.append((transcript.text[word.begin : word.end_offset], word, begins or ""))
        at = word.end_offset
    return [*found, (transcript.text[at:], None, "")]
