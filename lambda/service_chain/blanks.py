"""What of a text nobody sees."""

import unicodedata

# Separators, control characters and marks of format, such as a byte order mark or a joiner.
_UNSEEN = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})


def is_blank(text: str) -> bool:
    """Tell whether there is nothing in a text that a reader could see or a voice could say."""
    return all(unicodedata.category(character) in _UNSEEN for character in text)
