"""Take the text out of Markdown: what a reader sees, line by line."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.M
)
_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}(?=[^`]*$)|~{3,})")
_QUOTE = re.compile(r"(?: {0,3}> ?)+")
_HEADING = re.compile(r" {0,3}#{1,6}(?:[ \t]+|$)(?P<text>.*?)(?:[ \t]+#+)?[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,}|=+[ \t]*|--[ \t]*)$")
_REFERENCE = re.compile(r" {0,3}\[[^\]]{1,999}\]:[ \t]*\S+")
_ITEM = re.compile(r"(?P<indent>[ \t]*)[-*+][ \t]+(?:\[[ xX]\][ \t]+)?")
_TABLE_RULE = re.compile(r"[ \t]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$")
_TABLE_ROW = re.compile(r"[ \t]*\|(?P<cells>.*)\|[ \t]*$")
_CELL_END = re.compile(r"[ \t]*(?<!\\)\|[ \t]*")

# Bounded, so that a long line full of markers takes no longer than another.
_CODE = re.compile(r"(?<!`)(`+)(?!`)(.{1,1000}?)(?<!`)\1(?!`)", re.DOTALL)
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_COMMENT = re.compile(r"<!--.{0,2000}?-->", re.DOTALL)
_AUTOLINK = re.compile(r"<((?:https?|ftp|mailto):[^\s<>]{1,2000}|[^\s<>@]{1,64}@[^\s<>@]{1,255})>")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,1000}>")
_TARGET = r"\((?:[^()\s]|\([^()\s]{0,500}\)){0,2000}(?:\s+(?:\"[^\"]{0,500}\"|'[^']{0,500}'))?\s*\)"
_LINK = re.compile(rf"!?\[([^\[\]]{{0,1000}})\](?:{_TARGET}|\[[^\[\]]{{0,500}}\])")
_STARS = re.compile(r"(\*{1,3})(?=[^\s*])(.{1,500}?)(?<=[^\s*])\1", re.DOTALL)
_LOW_LINES = re.compile(r"(?<!\w)(_{1,3})(?=[^\s_])(.{1,500}?)(?<=[^\s_])\1(?!\w)", re.DOTALL)
_STRUCK = re.compile(r"~~(?=\S)(.{1,500}?)(?<=\S)~~", re.DOTALL)
_KEPT = re.compile("\0([0-9]+)\0")


def text_of_markdown(page: str) -> str:
    """Give a page's text; code stays as it is, and so does what only looks like Markdown."""
    page = _FRONT_MATTER.sub("", page.replace("\0", "\ufffd"), count=1)
    return "\n".join(_blocks(line.removesuffix("\r") for line in page.split("\n")))


def _blocks(lines: Iterable[str]) -> Iterator[str]:
    """Yield finished lines: what stands between blank lines is one block, for marks span lines."""
    block: list[str] = []
    fence = ""
    for line in lines:
        if fence:
            if line.strip().startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            else:
                yield line
            continue
        shown = line[quote.end() :] if (quote := _QUOTE.match(line)) else line
        opening = _FENCE.match(shown)
        plain = None if opening else _plain_line(shown)
        if plain:
            block.append(plain)
            continue
        if block:
            yield _inline("\n".join(block))
            block = []
        if opening:
            fence = opening["fence"]
        elif plain is not None:
            yield plain
    if block:
        yield _inline("\n".join(block))


def _plain_line(line: str) -> str | None:
    """Take away what makes a line a heading, an item or a row; None for a line without text."""
    if _RULE.match(line) or _REFERENCE.match(line) or _TABLE_RULE.match(line):
        return None
    if heading := _HEADING.match(line):
        return heading["text"]
    if row := _TABLE_ROW.match(line):
        return _CELL_END.sub("\t", row["cells"].strip())
    return _ITEM.sub(lambda item: item["indent"], line, count=1) if _ITEM.match(line) else line


def _inline(text: str) -> str:
    kept: list[str] = []

    def keep(shown: str) -> str:
        kept.append(shown)
        return f"\0{len(kept) - 1}\0"

    text = _CODE.sub(lambda code: keep(code[2]), text)
    text = _ESCAPE.sub(lambda escape: keep(escape[1]), text)
    text = _COMMENT.sub("", text)
    text = _AUTOLINK.sub(lambda link: keep(link[1]), text)
    text = _TAG.sub("", text)
    for _ in range(2):  # a picture may stand in a link
        text = _LINK.sub(r"\1", text)
    for marks in (_STARS, _LOW_LINES):
        for _ in range(2):  # strong in emphasis
            text = marks.sub(r"\2", text)
    text = unescape(_STRUCK.sub(r"\1", text))
    return _KEPT.sub(lambda place: kept[int(place[1])], text)
