"""A page as a browser would take it in."""

from html.parser import HTMLParser

Attributes = list[tuple[str, str | None]]


class PageReader(HTMLParser):
    """Collects what a browser would run or fetch, and checks that elements close in order."""

    VOID = ("br", "hr", "img", "input", "link", "meta")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        """Take an element that stays open, unless it never does."""
        self.handle_startendtag(tag, attrs)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        """Take an element that closes itself."""
        self.tags.append(tag)
        self.attributes += [(tag, *attribute) for attribute in attrs]

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost element closes."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take text."""
        self.text.append(data)


def read_page(page: str) -> PageReader:
    """Read a whole page."""
    reader = PageReader()
    reader.feed(page)
    reader.close()
    return reader
