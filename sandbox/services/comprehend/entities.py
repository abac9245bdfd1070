"""Named entities, by lists and rules; no model is asked, and no score is one's own opinion."""

import re
from collections.abc import Iterator
from functools import lru_cache

from sandbox.services.comprehend import lists
from sandbox.services.comprehend.contacts import find_contacts
from sandbox.services.comprehend.dates import find_dates
from sandbox.services.comprehend.numbers import find_numbers
from sandbox.services.comprehend.people import find_people
from sandbox.services.comprehend.spans import Span, found, without_overlaps

_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w&'-]{1,30}"
_COMPANY = re.compile(
    rf"(?<!\w)(?:{_CAPITAL} (?:(?:&|and|of) )?){{1,4}}"
    r"(?:Inc|Corp|Corporation|Ltd|LLC|GmbH|AG|S\.A|S\.L|PLC|Company|Bank|Group|University|"
    r"Institute|Hospital|Airlines|Foundation|Ministry)(?!\w)"
)
_INSTITUTION = re.compile(
    rf"(?<!\w)(?:University|Ministry|Department|Bank|Universidad|Banco|Ministerio) (?:of|de) "
    rf"{_CAPITAL}(?: {_CAPITAL})?(?!\w)"
)
_WORDS = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundred|thousand|million|billion|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|cien|"
    r"veinte|treinta|cuarenta|cincuenta|mil|deux|trois|quatre|cinq|zwei|drei|vier|fünf)"
)
_NUMBER = r"(?:\d{1,3}(?:[., ]\d{3}){1,4}(?:[.,]\d{1,6})?|\d{1,15}(?:[.,]\d{1,6})?)"
_AMOUNT = rf"(?:{_NUMBER}|{_WORDS}(?:[ -](?:and )?{_WORDS}){{0,6}})"
_UNIT = (
    r"(?:%|percent|per cent|por ciento|pour cent|prozent|dollars?|euros?|pounds?|cents?|USD|EUR|"
    r"GBP|kg|kilos?|kilograms?|g|grams?|mg|km|kilometers?|kilometres?|miles?|meters?|metres?|"
    r"metros?|cm|mm|feet|inches|liters?|litres?|litros?|ml|seconds?|minutes?|hours?|days?|weeks?|"
    r"months?|years?|segundos?|minutos?|horas?|días?|semanas?|meses|años?|minuten|stunden|tage|"
    r"wochen|heures|jours|semaines|people|customers|items|times|pieces|veces|personas|GB|MB|TB)"
)
_MONEY = re.compile(rf"(?<!\w)[$€£¥] ?{_NUMBER}(?: (?:thousand|million|billion))?(?!\w)")
_MONEY_AFTER = re.compile(rf"(?<![\w.]){_NUMBER} ?[€£]")
_MEASURE = re.compile(rf"(?i)(?<![\w.,]){_AMOUNT}[ -]?{_UNIT}(?!\w)")
_PERCENT = re.compile(rf"(?<![\w.,]){_NUMBER} ?%")
_REACHED = {"EMAIL", "URL", "PHONE", "IP_ADDRESS"}


@lru_cache(maxsize=1024)  # a text comes again: as what a pretended translation stands for
def find_entities(text: str) -> tuple[Span, ...]:
    """List people, places, dates, quantities and the like; kinds are Comprehend's."""
    return tuple(without_overlaps(_candidates(text)))


def _candidates(text: str) -> Iterator[Span]:
    """Name candidates, the surer rules first."""
    for span in (*find_contacts(text), *find_numbers(text)):
        if span.kind in _REACHED:
            yield Span(span.begin, span.end, "OTHER", span.score)
    yield from find_dates(text, "DATE")
    yield from found(_MONEY, text, "QUANTITY", 0.97)
    yield from found(_MONEY_AFTER, text, "QUANTITY", 0.97)
    yield from found(_PERCENT, text, "QUANTITY", 0.97)
    yield from found(_MEASURE, text, "QUANTITY", 0.9)
    yield from found(lists.names("events"), text, "EVENT", 0.85)
    yield from found(lists.names("products"), text, "COMMERCIAL_ITEM", 0.85)
    yield from found(_COMPANY, text, "ORGANIZATION", 0.85)
    yield from found(_INSTITUTION, text, "ORGANIZATION", 0.85)
    yield from found(lists.names("organizations"), text, "ORGANIZATION", 0.9)
    yield from found(lists.names("places"), text, "LOCATION", 0.9)
    yield from find_people(text, "PERSON")
