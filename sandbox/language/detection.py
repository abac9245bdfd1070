"""Which language a text is in, and which ones Amazon Translate knows."""

import importlib
import threading
from typing import Any

from sandbox.language import pseudo_translation

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
        self._engine: Any = None

    def languages(self, text: str) -> list[tuple[str, float]]:
        """List the likely languages of a text with their probabilities, the likeliest first.

        A pretended translation is in the language that it pretends. Empty: there are no letters.
        """
        pretended = pseudo_translation.target_of(text)
        if pretended:
            return [(pretended, 0.99)]
        values = self._ready().compute_language_confidence_values(pseudo_translation.reveal(text))
        return [
            (value.language.iso_code_639_1.name.lower(), value.value)
            for value in values
            if value.value >= _FAINT
        ]

    def _ready(self) -> Any:
        with self._lock:
            if self._engine is None:
                lingua = importlib.import_module("lingua")
                known = [getattr(lingua.Language, name) for name in _DETECTED.split()]
                self._engine = lingua.LanguageDetectorBuilder.from_languages(*known).build()
        return self._engine
