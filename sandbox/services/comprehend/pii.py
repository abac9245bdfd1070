"""Personal data in a text, found by rules: form, check digits and the words around."""

import re
from collections.abc import Iterator
from functools import lru_cache

from sandbox.services.comprehend.contacts import find_contacts, find_streets
from sandbox.services.comprehend.dates import find_dates
from sandbox.services.comprehend.numbers import find_numbers
from sandbox.services.comprehend.people import find_people
from sandbox.services.comprehend.spans import Span, found, without_overlaps

LANGUAGES = ("en", "es")
_AGE = re.compile(
    r"(?i)(?<!\w)(?:\d{1,3}|[a-z]{3,7}(?:[ -](?:one|two|three|four|five|six|seven|eight|nine))?)"
    r"(?:[ -]years?[ -]old| años de edad)(?!\w)"
)
_SECRET = re.compile(r"(?i)(?<!\w)(?:password|contraseña)(?: is| es|:) ?(\S{4,60})")
_USER = re.compile(r"(?i)(?<!\w)(?:username|user name|usuario)(?: is| es|:) ?([\w.@-]{2,60})")
_AWS_KEY = re.compile(r"(?<!\w)(?:AKIA|ASIA)[A-Z0-9]{16}(?!\w)")


@lru_cache(maxsize=1024)  # a text comes again: as what a pretended translation stands for
def find_pii(text: str) -> tuple[Span, ...]:
    """List what should not be read by everybody; kinds are Comprehend's."""
    return tuple(without_overlaps(_candidates(text)))


def _candidates(text: str) -> Iterator[Span]:
    """Name candidates, the surer rules first."""
    yield from find_contacts(text)
    yield from found(_AWS_KEY, text, "AWS_ACCESS_KEY", 0.99)
    yield from found(_SECRET, text, "PASSWORD", 0.8, 1)
    yield from found(_USER, text, "USERNAME", 0.8, 1)
    yield from found(_AGE, text, "AGE", 0.95)
    yield from find_streets(text)
    dates = list(find_dates(text, "DATE_TIME"))
    yield from (span for span in dates if any(c.isdigit() for c in text[span.begin : span.end]))
    yield from find_numbers(text)
    yield from dates
    yield from find_people(text, "NAME")
