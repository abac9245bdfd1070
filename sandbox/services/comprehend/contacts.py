"""Where people and machines are reached: e-mail, web and network addresses, streets."""

import re
from collections.abc import Iterator

from sandbox.services.comprehend.spans import Span, found

_ENDING = (
    r"com|org|net|edu|gov|io|info|biz|co|uk|us|eu|es|de|fr|it|pt|nl|be|ch|at|mx|ar|cl|br|ca|au|"
    r"test|example|invalid"
)
_EMAIL = re.compile(
    r"(?<![\w.+-])[\w][\w.+-]{0,63}@[\w](?:[\w-]{0,62})(?:\.[\w](?:[\w-]{0,62})){1,8}(?<!\.)"
)
_SPOKEN_EMAIL = re.compile(
    r"(?i)(?<!\w)[a-z0-9]{1,30}(?: (?:dot|punto|underscore|dash) [a-z0-9]{1,30}){0,3} "
    rf"(?:at|arroba) [a-z0-9-]{{1,30}}(?: (?:dot|punto) [a-z0-9-]{{2,30}}){{0,3}}? "
    rf"(?:dot|punto) (?:{_ENDING})(?!\w)"
)
_URL = re.compile(r"(?i)(?<!\w)(?:https?://|www\.)[^\s<>\"']{2,300}(?<![.,;:!?)\]])")
_SPOKEN_URL = re.compile(
    rf"(?i)(?<!\w)(?:www|double u double u double u) (?:dot|punto) [a-z0-9-]{{1,30}} "
    rf"(?:dot|punto) (?:{_ENDING})(?!\w)"
)
_OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
_IPV4 = re.compile(rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?![\w]|\.\d)")
_IPV6 = re.compile(r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])")

_STREET = (
    r"(?:street|st|avenue|ave|road|rd|boulevard|blvd|lane|ln|drive|dr|court|ct|way|square|sq|"
    r"place|parkway|pkwy|terrace)"
)
_NUMBER = (
    r"(?:\d{1,5}[a-z]?|(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|"
    r"thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred)[ -]){1,4})"
)
_TOWN = r"(?:,? [A-Z][\w'-]{2,20}(?: [A-Z][\w'-]{2,20})?,? (?:[A-Z]{2},? )?\d{5}(?:-\d{4})?)?"
_ADDRESS = re.compile(
    rf"(?<![\w.])(?i:{_NUMBER}) ?(?i:(?:north|south|east|west|[nsew]\.) )?"
    rf"[^\W\d_][\w'-]{{1,20}}(?: [^\W\d_][\w'-]{{1,20}})? (?i:{_STREET})\b\.?{_TOWN}"
)
_CALLE = re.compile(
    r"(?i)(?<!\w)(?:calle|c/|avenida|avda\.?|paseo|plaza|camino|rue|place) "
    r"(?:de (?:la |los |las )?|del |du |des )?"
    r"[^\W\d_][\w'-]{1,20}(?: [^\W\d_][\w'-]{1,20})?,? (?:n[úu]mero |n[ºo°]\.? ?)?\d{1,4}(?!\w)"
)
_STRASSE = re.compile(r"(?<!\w)[A-ZÄÖÜ][\w-]{2,20}(?:straße|strasse|weg|platz|allee) \d{1,4}[a-z]?")


def find_contacts(text: str) -> Iterator[Span]:
    """Find addresses of the network, spoken ones too: "anna at example dot com"."""
    yield from found(_EMAIL, text, "EMAIL", 0.99)
    yield from found(_SPOKEN_EMAIL, text, "EMAIL", 0.9)
    yield from found(_URL, text, "URL", 0.99)
    yield from found(_SPOKEN_URL, text, "URL", 0.9)
    yield from found(_IPV4, text, "IP_ADDRESS", 0.97)
    yield from found(_IPV6, text, "IP_ADDRESS", 0.97)


def find_streets(text: str) -> Iterator[Span]:
    """Find houses in streets."""
    for pattern in (_ADDRESS, _CALLE, _STRASSE):
        yield from found(pattern, text, "ADDRESS", 0.85)
