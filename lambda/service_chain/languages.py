"""The languages that Translate and Comprehend know, by Translate's names for them."""

# https://docs.aws.amazon.com/translate/latest/dg/what-is-languages.html, read on 2026-11-28.
_TRANSLATE_CODES = (
    "af am ar az bg bn bs ca cs cy da de el en es es-MX et fa fa-AF fi fr fr-CA ga gu ha he hi hr "
    "ht hu hy id is it ja ka kk kn ko lt lv mk ml mn mr ms mt nl no pa pl ps pt pt-PT ro ru si sk "
    "sl so sq sr sv sw ta te th tl tr uk ur uz vi zh zh-TW"
)
_TRANSLATED = frozenset(_TRANSLATE_CODES.split())
# https://docs.aws.amazon.com/comprehend/latest/dg/supported-languages.html, read on 2026-11-28.
_ANALYZED = frozenset({"ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "zh", "zh-TW"})
_PERSONAL = frozenset({"en", "es"})


def is_translated(language: str) -> bool:
    """Tell whether Translate knows a language, as the one to translate from or into."""
    return language in _TRANSLATED


def comprehend_code(language: str) -> str | None:
    """Name a language as Comprehend does, ``fr`` for ``fr-CA``; None where it lacks it."""
    for code in (language, language.partition("-")[0]):
        if code in _ANALYZED:
            return code
    return None


def has_pii_detection(language: str) -> bool:
    """Tell whether Comprehend finds what is personal in a language."""
    return comprehend_code(language) in _PERSONAL
