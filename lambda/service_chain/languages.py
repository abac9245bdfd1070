"""The languages that Comprehend knows, by Translate's names for them."""

# https://docs.aws.amazon.com/comprehend/latest/dg/supported-languages.html
_ANALYZED = frozenset({"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "zh", "zh-TW"})
_PERSONAL = frozenset({"en", "es"})


def comprehend_code(language: str) -> str | None:
    """Name a language as Comprehend does, ``fr`` for ``fr-CA``; None where it lacks it."""
    for code in (language, language.partition("-")[0]):
        if code in _ANALYZED:
            return code
    return None


def has_pii_detection(language: str) -> bool:
    """Tell whether Comprehend finds what is personal in a language."""
    return comprehend_code(language) in _PERSONAL
