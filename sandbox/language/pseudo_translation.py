"""A pretended translation that nobody mistakes for one, and that can be read back."""

import re
from collections.abc import Iterable

# Letters that few languages write with. One code point stands for one, so that offsets into both
# texts are the same.
_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALIKE = "ȧƀƈɗɇƒǥɦɨǰƙƚɱƞǿƥɋɍʂŧʉʋŵẋɏƶȦɃƇƊɆƑǤĦƗɈƘȽⱮƝǾƤɊɌⱾŦɄƲŴẊɎƵ"
_DISGUISE = str.maketrans(_PLAIN, _ALIKE)
_REVEAL = str.maketrans(_ALIKE, _PLAIN)
_MARK = re.compile(r"⟦([A-Za-z]{2}(?:-[A-Za-z]{2})?)⟧ ?")
_WORD = re.compile(f"[{_ALIKE}]{{2,}}")

# What a translator leaves alone: addresses, placeholders, tags.
KEPT = re.compile(
    r"""(?x)
    https?://[^\s<>"]+ | www\.[^\s<>"]+
    | [\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}
    | \{\{?[\w.\s]{0,60}\}?\} | %\(\w{1,40}\)[sd] | %[sd] | \$\{\w{1,40}\}
    | <\/?[A-Za-z][^<>]{0,200}>
    """
)


def disguise(text: str) -> str:
    """Give a stretch of text its look-alikes."""
    return text.translate(_DISGUISE)


def mark(target: str) -> str:
    """Write what stands before a pretended translation into a language."""
    return f"⟦{target}⟧ "


def target_of(text: str) -> str | None:
    """Name the language into which a text was pretended to be translated, if it still says so."""
    found = _MARK.match(text.lstrip())
    return found[1] if found else None


def is_pseudo(text: str) -> bool:
    """Tell whether a text, or a piece of one, came from here."""
    if _MARK.search(text):
        return True
    letters = sum(character.isalpha() for character in text)
    alike = sum(len(word) for word in _WORD.findall(text))
    return alike * 2 > letters


def reveal(text: str) -> str:
    """Read a pretended translation back, character for character; the mark becomes blank."""
    plain = _MARK.sub(lambda found: " " * len(found[0]), text)
    return plain.translate(_REVEAL)


def translate(pieces: Iterable[tuple[str, bool]], target: str) -> str:
    """Disguise the pieces that are to be translated and keep the others."""
    return mark(target) + "".join(text if keep else disguise(text) for text, keep in pieces)
