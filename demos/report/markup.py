"""Write elements of drawings, and texts in which nothing hides or turns its neighbours."""

import html
import unicodedata

from markupsafe import Markup, escape

VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
EMPTY_IN_SVG = frozenset(
    {"circle", "ellipse", "line", "path", "polygon", "polyline", "rect", "use"}
)
UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# What turns the direction of its neighbours, and what is no part of any script.
TURNING = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
OUTSIDE_PROSE = frozenset({"Cc", "Cs", "Co", "Cn"})

Attribute = str | float | bool | None


def tag(name: str, /, *children: object, **attributes: Attribute) -> Markup:
    """Write one element; children that are no markup are escaped.

    ``class_`` stands for ``class`` and ``_`` inside a name for ``-``; ``None`` and ``False`` leave
    an attribute out, ``True`` writes its bare name.
    """
    opening = "".join([name, *(_attribute(key, value) for key, value in attributes.items())])
    if name in VOID:
        return Markup(f"<{opening}>")  # noqa: S704 (the attributes are escaped)
    if name in EMPTY_IN_SVG and not children:
        return Markup(f"<{opening}/>")  # noqa: S704 (the attributes are escaped)
    inside = "".join(map(written, children))
    return Markup(f"<{opening}>{inside}</{name}>")  # noqa: S704 (all of it is escaped)


def written(value: object) -> Markup:
    """Escape what is no markup, and spell out in it what would turn or hide a text."""
    return value if isinstance(value, Markup) else escape(prose(str(value)))


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f' {name}=""'
    shown = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{html.escape(prose(shown))}"'


def visible(value: str) -> str:
    """Spell out the characters that cannot be seen, or that reorder their neighbours.

    An object key is chosen by whoever uploads: without this, U+202E alone would let a key show as
    another one.
    """
    return "".join(
        f"\\u{{{ord(c):x}}}" if unicodedata.category(c) in UNSHOWABLE else c for c in value
    )


def prose(value: str) -> str:
    """Spell out what would turn or hide a text; its lines, and what joins its letters, stay."""
    return "".join(
        f"\\u{{{ord(c):x}}}"
        if c in TURNING or (unicodedata.category(c) in OUTSIDE_PROSE and c not in "\n\t")
        else c
        for c in value
    )


def number(value: float) -> str:
    """Write a number as a person would: thousands set apart, no empty decimals."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
