"""The names of people, by title, by introduction and by a list of given names."""

import re
from collections.abc import Iterator

from sandbox.services.comprehend import lists
from sandbox.services.comprehend.spans import Span, found

_TITLE = r"(?:Mr|Mrs|Ms|Miss|Dr|Prof|Sir|Sr|Sra|Señor|Señora|Don|Doña|M|Mme|Herr|Frau)"
_CAPITAL = r"[^\W\d_a-zß-öø-ÿ][\w'\u2019-]{1,30}"  # a word that does not start with a small letter
_TITLED = re.compile(rf"(?<!\w){_TITLE}\.? ({_CAPITAL}(?: {_CAPITAL})?)(?!\w)")
_SPOKEN_TITLE = re.compile(r"(?i)(?<!\w)(?:mister|missus|doctor) ([^\W\d_]{3,20})(?!\w)")
_INTRODUCED = re.compile(
    r"(?i)(?<!\w)(?:my name is|my name's|name is|this is|speaking with|i am|i'm|me llamo|"
    r"mi nombre es|habla|je m'appelle|ich heiße|mein name ist) "
    r"([^\W\d_][\w'\u2019-]{1,30}(?: [^\W\d_][\w'\u2019-]{1,30})?)(?!\w)"
)
_SURNAME = re.compile(rf" (?:(?:van|von|de|del|de la|da) )?{_CAPITAL}(?: {_CAPITAL})?")
_SURE = re.compile(r"(?i)(?:my name|name is|me llamo|mi nombre|je m'|ich hei|mein name)")
_SPOKEN_SURNAME = re.compile(r" ([^\W\d_]{3,20})(?!\w)")


def find_people(text: str, kind: str) -> Iterator[Span]:
    """Find names; a rule that may be wrong more often gives a lower score."""
    yield from _introduced(text, kind)
    yield from _listed(text, kind)
    yield from found(_TITLED, text, kind, 0.95, 1)
    yield from found(_SPOKEN_TITLE, text, kind, 0.7, 1)


def _introduced(text: str, kind: str) -> Iterator[Span]:
    """Find who introduces themselves; "this is late" and "I am here" do not."""
    for match in _INTRODUCED.finditer(text):
        begin, end = match.span(1)
        first, _, last = match[1].partition(" ")
        given = lists.names("people").fullmatch(first) is not None
        if not given and not (_SURE.match(match[0]) and _could_be_name(first)):
            continue
        if last and not (last[0].isupper() or (first.islower() and _could_be_name(last))):
            end = begin + len(first)
        yield Span(begin, end, kind, 0.97 if given else 0.75)


def _listed(text: str, kind: str) -> Iterator[Span]:
    """Find given names, each with the surname that follows it."""
    places = lists.names("places", "organizations")
    for match in lists.names("people").finditer(text):
        begin, end = match.span()
        surname = _SURNAME.match(text, end)
        if match[0][0].isupper() and surname and not places.match(text, end + 1):
            yield Span(begin, surname.end(), kind, 0.95)
        else:
            yield Span(begin, end, kind, 0.85)


def _could_be_name(word: str) -> bool:
    """Tell a name from the small words of English and Spanish."""
    return word.lower() not in lists.words("stop.en") | lists.words("stop.es") and len(word) > 2
