"""Names as the Java SDK writes them, which are the names that Step Functions uses."""

import re
from functools import lru_cache


@lru_cache(maxsize=8192)
def java_name(name: str) -> str:
    """Spell the name of a service or an error in Pascal case, such as ``DynamoDb``.

    The steps are those of the SDK's code generator (splitOnWordBoundaries).
    """
    words = re.sub(r"[^A-Za-z0-9]+", " ", name)
    words = re.sub(r"([^a-z]{2,})v([0-9]+)", r"\1 v\2 ", words)
    words = re.sub(r"([^A-Z]{2,})V([0-9]+)", r"\1 V\2 ", words)
    words = re.sub(r"(?<=[a-z])(?=[A-Z][a-zA-Z0-9])", " ", words)
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1 \2", words)
    words = re.sub(r"([0-9])([a-zA-Z])", r"\1 \2", words)
    return "".join(word[0].upper() + word[1:].lower() for word in words.split())


@lru_cache(maxsize=8192)
def java_member(name: str) -> str:
    """Spell a member of a structure: only the capitals that it begins with become one word.

    ``DBName`` is ``DbName``, and ``OutputEncryptionKMSKeyId`` stays: the SDK's code generator
    (unCapitalize) lowers leading capitals, and Step Functions raises the first one again.
    """
    end = 1
    while end < len(name) and name[end].isupper() and not name[end + 1 : end + 2].islower():
        end += 1
    return name[0].upper() + name[1:end].lower() + name[end:]
