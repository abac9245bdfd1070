"""Take the text out of HTML: what a reader sees, with line breaks between blocks."""

import re
from html import unescape

# Not the standard library's HTMLParser: 50 kB of tags that nothing closes cost it half a minute,
# and what it does with broken pages differs between versions of Python. One pass suffices here.
_TOKEN = re.compile(
    r"""
    <!--(?:-?>|.*?(?:--!?>|\Z))             # a comment; one that is not closed hides the rest
    | <(?:[!?]|/(?![a-z]))[^>]*+(?:>|\Z)    # a declaration, or what browsers take for a comment
    | <(?P<end>/?)(?P<tag>[a-z][^\s/>]*+)
      (?P<attributes>(?:[^>=]|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+)>
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_TAG_START = re.compile(r"</?[a-z]", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f]+")

_HIDDEN = {
    tag: re.compile(rf"</{tag}(?=[\s/>])", re.IGNORECASE)
    for tag in ("script", "style", "template", "title")
}
# A blank line stands around these, a line break around the others.
_PARAGRAPHS = frozenset(
    {"blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "ol", "p", "pre", "table", "ul"}
)
_LINES = frozenset(
    {"address", "article", "aside", "body", "caption", "dd", "details", "dialog", "div", "dt"}
    | {"fieldset", "figcaption", "figure", "footer", "form", "header", "html", "legend", "li"}
    | {"main", "nav", "option", "search", "section", "summary", "tr"}
)
_CELLS = frozenset({"td", "th"})


def text_of_html(page: str) -> str:
    """Give a page's text, in time that grows with its length; no page is too broken."""
    writer = _Writer()
    unclosed: set[str] = set()
    place = seek = 0
    while (start := page.find("<", seek)) >= 0:
        token = _TOKEN.match(page, start)
        if token is None:
            if _TAG_START.match(page, start):
                break  # nothing closes this tag, so nothing closes a later one
            seek = start + 1
            continue
        writer.write(page[place:start])
        place = token.end()
        if tag := (token["tag"] or "").lower():
            is_start = not token["end"]
            writer.mark(tag, is_start=is_start)
            if is_start and tag in _HIDDEN and tag not in unclosed:
                end = (
                    None if token["attributes"].endswith("/") else _HIDDEN[tag].search(page, place)
                )
                place = end.start() if end else place
                unclosed |= set() if end else {tag}
        seek = place
    writer.write(page[place:])
    return "".join(writer.parts)


class _Writer:
    """Collects text; what separates it is written only when more text follows."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._separator = ""
        self._breaks = 0
        self._preformatted = 0

    def mark(self, tag: str, *, is_start: bool) -> None:
        """Note what a tag puts between the text before it and the text behind it."""
        if tag == "br":
            self._breaks = min(self._breaks + 1, 2)
        elif tag in _PARAGRAPHS:
            self._breaks = 2
        elif tag in _LINES:
            self._breaks = max(self._breaks, 1)
        elif tag in _CELLS:
            self._separator = "\t"
        if tag == "pre":
            self._preformatted = max(0, self._preformatted + (1 if is_start else -1))

    def write(self, source: str) -> None:
        """Write text as it stands in the source: spaces count as one, but for preformatted text."""
        if not source:
            return
        text = unescape(source)
        if self._preformatted:
            self._put(text)
            return
        text = _SPACES.sub(" ", text)
        if text.startswith(" "):
            self._separator = self._separator or " "
        if words := text.strip(" "):
            self._put(words)
            self._separator = " " if text.endswith(" ") else ""

    def _put(self, text: str) -> None:
        if self.parts:
            self.parts.append("\n" * self._breaks or self._separator)
        self.parts.append(text)
        self._breaks, self._separator = 0, ""
