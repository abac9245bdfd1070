"""Which language a text is in, and which ones Amazon Translate knows."""

import importlib
import threading
from functools import lru_cache
from typing import Any

from sandbox.language import pseudo_translation

# All that Comprehend names and lingua knows, told apart by trigrams only (55 MB for all): which
# languages there are decides over few characters, and is worth little below this certainty.
# https://docs.aws.amazon.com/comprehend/latest/dg/how-languages.html
_NEVER = "GANDA MAORI SHONA SOTHO TSONGA TSWANA XHOSA ZULU"
_CERTAIN, _ENOUGH = 0.8, 500
_AS_COMPREHEND = {"nb": "no", "nn": "no"}
# Models of the Latin ones take 30 MB each and are read together; the others show by their script.
_DETECTED = "ENGLISH SPANISH FRENCH GERMAN ITALIAN PORTUGUESE ARABIC HINDI JAPANESE KOREAN CHINESE"
_FAINT = 0.01  # Comprehend names no language below it

TRANSLATED = dict(
    entry.split(" ", 1)
    for entry in """\
af Afrikaans|sq Albanian|am Amharic|ar Arabic|hy Armenian|az Azerbaijani|bn Bengali|bs Bosnian|
bg Bulgarian|ca Catalan|zh Chinese|zh-TW Chinese (Traditional)|hr Croatian|cs Czech|da Danish|
fa-AF Dari|nl Dutch|en English|et Estonian|fa Farsi (Persian)|tl Filipino Tagalog|fi Finnish|
fr French|fr-CA French (Canada)|ka Georgian|de German|el Greek|gu Gujarati|ht Haitian Creole|
ha Hausa|he Hebrew|hi Hindi|hu Hungarian|is Icelandic|id Indonesian|ga Irish|it Italian|
ja Japanese|kn Kannada|kk Kazakh|ko Korean|lv Latvian|lt Lithuanian|mk Macedonian|ms Malay|
ml Malayalam|mt Maltese|mr Marathi|mn Mongolian|no Norwegian|ps Pashto|pl Polish|
pt Portuguese (Brazil)|pt-PT Portuguese (Portugal)|pa Punjabi|ro Romanian|ru Russian|sr Serbian|
si Sinhala|sk Slovak|sl Slovenian|so Somali|es Spanish|es-MX Spanish (Mexico)|sw Swahili|
sv Swedish|ta Tamil|te Telugu|th Thai|tr Turkish|uk Ukrainian|ur Urdu|uz Uzbek|vi Vietnamese|
cy Welsh""".replace("\n", "").split("|")
)


class Detector:
    """Tells languages apart; the models are read at the first question."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._engines: tuple[Any, Any] | None = None
        self._told = lru_cache(maxsize=256)(self._tell)  # a text comes again

    def languages(self, text: str) -> list[tuple[str, float]]:
        """List the likely languages of a text with their probabilities, the likeliest first.

        A pretended translation is in the language that it pretends. Empty: there are no letters.
        """
        pretended = pseudo_translation.target_of(text)
        return [(pretended, 0.99)] if pretended else list(self._told(text))

    def _tell(self, text: str) -> list[tuple[str, float]]:
        every, often = self._ready()
        shown = pseudo_translation.reveal(text)
        first = every.compute_language_confidence_values(shown[:_ENOUGH])
        if first and first[0].value >= _CERTAIN and first[0].language.name not in _DETECTED.split():
            return _named(first)
        return _named(often.compute_language_confidence_values(shown))

    def _ready(self) -> tuple[Any, Any]:
        with self._lock:
            if self._engines is None:
                lingua = importlib.import_module("lingua")
                build = lingua.LanguageDetectorBuilder
                never, often = (
                    [getattr(lingua.Language, name) for name in names.split()]
                    for names in (_NEVER, _DETECTED)
                )
                every = build.from_all_languages_without(*never).with_low_accuracy_mode()
                self._engines = every.build(), build.from_languages(*often).build()
        return self._engines


def _named(values: list[Any]) -> list[tuple[str, float]]:
    found: dict[str, float] = {}
    for value in values:
        code = value.language.iso_code_639_1.name.lower()
        code = _AS_COMPREHEND.get(code, code)
        found[code] = found.get(code, 0.0) + value.value
    return [(code, score) for code, score in found.items() if score >= _FAINT]
