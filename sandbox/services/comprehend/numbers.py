"""Numbers that identify: digits in writing or in words, put together and told apart."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.services.comprehend.spans import Span

_SAID = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
}
_DIGIT = {word: str(value) for said in _SAID.values() for value, word in enumerate(said)}
_DIGIT |= {"oh": "0", "o": "0"}
_TIMES = {"double": 2, "triple": 3, "doble": 2}
_ANY_DIGIT = "|".join(sorted((*_DIGIT, *_TIMES), key=len, reverse=True))
_SPOKEN = re.compile(rf"(?i)(?<!\w)(?:{_ANY_DIGIT})(?:[ ,-]{{1,2}}(?:{_ANY_DIGIT}))+(?!\w)")
# A number goes on over blanks, full stops and hyphens; over a bracket only as "+1 (206) 555".
_WRITTEN = re.compile(
    r"(?<!\w)(?<!\d[./:-])(?:\+?\d{1,3}[ .-]?\(\d{1,4}\)[ .-]?|\+?\(?)"
    r"\d(?:[ .)-]{0,2}\d){3,24}(?!\w)"
)

_LUHN_LENGTHS = range(13, 20)
_NEAR = 48  # characters before a number in which a word may say what it is
_CONTEXT = {
    "other": r"order|ticket|invoice|reference|tracking|confirmation|pedido|factura|referencia|"
    r"part|item|model|serial|version|case number",
    "ssn": r"social security|ssn|seguridad social",
    "routing": r"routing",
    "account": r"account|cuenta|iban|konto|compte",
    "pin": r"\bpin\b|passcode|password is|código|clave",
    "cvv": r"\bcvv\b|\bcvc\b|security code|código de seguridad",
    "card": r"card|tarjeta|visa|mastercard|karte|carte",
    "phone": r"phone|call|cell|mobile|reach|fax|text me|tel\b|tel[eé]fono|m[oó]vil|ll[aá]m|"
    r"rufnummer|appel",
}
_CONTEXTS = {name: re.compile(rf"(?i){words}") for name, words in _CONTEXT.items()}
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{2,4}){3,8}(?!\w)")
_MAC = re.compile(r"(?i)(?<![\w:-])[0-9a-f]{2}(?:[:-][0-9a-f]{2}){5}(?![\w:-])")


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that stand together, and where."""

    digits: str
    begin: int
    end: int
    spoken: bool


def runs(text: str) -> Iterator[Run]:
    """Find runs of four digits or more, written with separators or read aloud."""
    for match in _WRITTEN.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        # A bracket that closes behind the number is not part of it.
        opens = match[0].startswith("(") and ")" not in match[0]
        yield Run(digits, match.start() + opens, match.end(), spoken=False)
    for match in _SPOKEN.finditer(text):
        digits, times = "", 1
        for word in re.split(r"[ ,-]+", match[0].lower()):
            if word in _TIMES:
                times = _TIMES[word]
            else:
                digits, times = digits + _DIGIT[word] * times, 1
        if len(digits) >= 3:
            yield Run(digits, match.start(), match.end(), spoken=True)


def luhn(digits: str) -> bool:
    """Check the check digit of a payment card."""
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def iban(text: str) -> bool:
    """Check the check digits of an International Bank Account Number (ISO 13616)."""
    compact = text.replace(" ", "")
    moved = compact[4:] + compact[:4]
    return 15 <= len(compact) <= 34 and int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def find_numbers(text: str) -> Iterator[Span]:
    """Find the numbers that say who someone is, where they bank and how they pay."""
    for match in _IBAN.finditer(text):
        if iban(match[0]):
            yield Span(*match.span(), "INTERNATIONAL_BANK_ACCOUNT_NUMBER", 0.99)
    for match in _MAC.finditer(text):
        yield Span(*match.span(), "MAC_ADDRESS", 0.97)
    for run in runs(text):
        meant = _meaning(run, text)
        if meant:
            yield Span(run.begin, run.end, *meant)


def _meaning(run: Run, text: str) -> tuple[str, float] | None:
    """Tell what a number is by its form and by the words before it."""
    said, count = text[run.begin : run.end], len(run.digits)
    before = text[max(0, run.begin - _NEAR) : run.begin]
    near = [
        (max(m.end() for m in pattern.finditer(before)), name)
        for name, pattern in _CONTEXTS.items()
        if pattern.search(before)
    ]
    called = max(near)[1] if near else ""
    if count in _LUHN_LENGTHS and run.digits[0] in "23456" and luhn(run.digits):
        return "CREDIT_DEBIT_NUMBER", 0.95 if run.spoken else 0.99
    if _SSN.fullmatch(said) or (called == "ssn" and count == 9):
        return "SSN", 0.99 if called == "ssn" else 0.9
    if called == "other":
        return None
    if called == "card" and count in _LUHN_LENGTHS:
        return "CREDIT_DEBIT_NUMBER", 0.7  # the check digit is wrong: misheard, or mistyped
    if called == "cvv" and count in (3, 4):
        return "CREDIT_DEBIT_CVV", 0.95
    if called == "pin" and 4 <= count <= 6:
        return "PIN", 0.9
    if called == "routing" and count == 9:
        return "BANK_ROUTING", 0.95
    if called == "account" and 6 <= count <= 17:
        return "BANK_ACCOUNT_NUMBER", 0.9
    if _is_phone(run, said, called):
        return "PHONE", 0.97 if called == "phone" or said.startswith("+") else 0.85
    return None


def _is_phone(run: Run, said: str, called: str) -> bool:
    count = len(run.digits)
    if said.startswith("+") or called == "phone":
        return 7 <= count <= 15
    if run.spoken:
        return count in (7, 10, 11)
    grouped = not said.isdigit()
    return grouped and (count in (9, 10) or (count == 11 and run.digits[0] in "01"))
