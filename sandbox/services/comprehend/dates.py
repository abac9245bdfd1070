"""Dates and times, written and spoken, in English, Spanish, French and German."""

import re
from collections.abc import Iterator

from sandbox.services.comprehend.spans import Span, found

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|"
    r"enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|"
    r"janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre|"
    r"januar|februar|märz|juni|juli|oktober|dezember)"
)
_WEEKDAY = (
    r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|"
    r"lunes|martes|miércoles|jueves|viernes|sábado|domingo|"
    r"lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|"
    r"montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
)
_ORDINAL = (
    r"(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|"
    r"thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|"
    r"twenty[ -](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)|"
    r"thirtieth|thirty[ -]first)"
)
_DAY = rf"(?:\d{{1,2}}(?:st|nd|rd|th|\.)?|{_ORDINAL})"
_YEAR = r"(?:1[6-9]|2[01])\d\d"
_COUNT = r"(?:\d{1,4}|a|an|one|two|three|four|five|six|seven|eight|nine|ten|a few|several)"
_UNIT = r"(?:second|minute|hour|day|week|month|year)s?"
_CUENTA = r"(?:\d{1,4}|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|unos|unas)"
_UNIDAD = r"(?:segundo|minuto|hora|día|semana|mes|año)(?:e?s)?"

_PATTERNS = tuple(
    re.compile(rf"(?i)(?<![\w.]){pattern}(?!\w)")
    for pattern in (
        r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})?)?",
        rf"(?:{_WEEKDAY},? )?(?:the )?{_DAY},? (?:of |de |d')?{_MONTH}\.?"
        rf"(?:,?(?: de)? {_YEAR})?",
        rf"(?:{_WEEKDAY},? )?{_MONTH}\.? (?:the )?{_DAY}(?:,? {_YEAR})?",
        rf"{_MONTH}\.?,? (?:of |de )?{_YEAR}",
        r"(?:0?[1-9]|[12]\d|3[01])[/.](?:0?[1-9]|[12]\d|3[01])[/.](?:\d{4}|\d{2})",
        rf"(?:last|next|this|past|every) (?:week|weekend|month|year|night|morning|{_WEEKDAY})",
        rf"(?:{_WEEKDAY}|tomorrow|yesterday) (?:morning|afternoon|evening|night)",
        rf"{_COUNT} {_UNIT} (?:ago|later|earlier)",
        rf"hace {_CUENTA} {_UNIDAD}",
        r"(?:il y a|vor) \w{1,8} (?:jours?|semaines?|mois|ans?|tagen?|wochen?|monaten?|jahren?)",
        r"(?:la |el )?(?:semana|mes|año|lunes|martes|miércoles|jueves|viernes) "
        r"(?:pasad[oa]|próxim[oa]|que viene)",
        r"(?:today|tonight|yesterday|tomorrow|hoy|ayer|mañana|anteayer|aujourd'hui|hier|demain|"
        r"heute|gestern)",
        rf"{_WEEKDAY}s?",
        rf"(?:in|since|by|of|en|de|depuis|seit|im jahr) ({_YEAR})",
        r"(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?: ?[ap]\.?m\.?)?",
        r"(?:1[0-2]|0?[1-9]) ?[ap]\.?m\.?",
        r"(?:january|february|april|june|july|august|september|october|november|december|enero|"
        r"febrero|abril|junio|julio|agosto|septiembre|octubre|noviembre|diciembre)",
    )
)
_SCORE = 0.9


def find_dates(text: str, kind: str) -> Iterator[Span]:
    """Find dates, times and words for them; the longest forms come first."""
    for pattern in _PATTERNS:
        yield from found(pattern, text, kind, _SCORE, pattern.groups)
