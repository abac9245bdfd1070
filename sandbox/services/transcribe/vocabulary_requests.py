"""Transcribe's custom vocabularies: made, found, listed and deleted."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.s3 import reading
from sandbox.services.transcribe import requests, transcribing, vocabularies
from sandbox.services.transcribe.answers import bad_request, page
from sandbox.services.transcribe.document import LANGUAGE
from sandbox.services.transcribe.spelling import Spellings
from sandbox.services.transcribe.vocabularies import Vocabulary

Request = dict[str, Any]
Reply = Mapping[str, Any]

_MISSING = (
    "The requested vocabulary couldn't be found. "
    "Check the vocabulary name and try your request again."
)
_EXISTS = "The requested vocabulary name already exists. Use a different vocabulary name."


class Vocabularies:
    """The vocabularies of every account and Region, and the operations on them."""

    def __init__(self) -> None:
        self._kept: Any = responses.AccountRegionScopedDict()

    def operations(self) -> dict[str, Callable[[Request], Reply]]:
        """List what is served."""
        return {
            "CreateVocabulary": self.create,
            "GetVocabulary": self.get,
            "ListVocabularies": self.list,
            "DeleteVocabulary": self.delete,
        }

    def clear(self) -> None:
        """Forget all of them."""
        self._kept.clear()

    def spellings_for(self, request: Request) -> Spellings:
        """Find how the vocabulary that a job names spells what is heard."""
        name = requests.vocabulary_of(request)
        if name is None:
            return {}
        found: Vocabulary | None = self._kept.get(name)
        if found is None:
            raise bad_request(_MISSING)
        return found.spellings

    def create(self, request: Request) -> Reply:
        """Keep a vocabulary; it is ready at once."""
        name, language = request["VocabularyName"], request["LanguageCode"]
        phrases, uri = request.get("Phrases"), request.get("VocabularyFileUri")
        if language != LANGUAGE:
            raise bad_request(
                f"the sandbox's Transcribe has {LANGUAGE} only; LanguageCode is {language}"
            )
        if bool(phrases) == bool(uri):
            raise bad_request("You must include either Phrases or VocabularyFileUri, not both.")
        if name in self._kept:
            raise ServiceError("ConflictException", _EXISTS)
        spellings = vocabularies.spellings(phrases) if phrases else _spellings_at(request)
        self._kept[name] = Vocabulary(name, language, spellings)
        return self.get(request)

    def get(self, request: Request) -> Reply:
        """Describe a vocabulary."""
        found: Vocabulary | None = self._kept.get(request["VocabularyName"])
        if found is None:
            raise ServiceError("NotFoundException", _MISSING)
        return found.described()

    def list(self, request: Request) -> Reply:
        """List vocabularies by name."""
        part = (request.get("NameContains") or "").lower()
        wanted = request.get("StateEquals") in (None, "READY")
        found = [
            self._kept[name].described()
            for name in sorted(self._kept)
            if wanted and part in name.lower()
        ]
        return page(request, "Vocabularies", found)

    def delete(self, request: Request) -> Reply:
        """Forget a vocabulary."""
        self.get(request)
        del self._kept[request["VocabularyName"]]
        return {}


def _spellings_at(request: Request) -> Spellings:
    try:
        file = reading.read_object(*requests.split_uri(request["VocabularyFileUri"]))
        return vocabularies.spellings_of_file(file.decode())
    except ServiceError as error:
        raise bad_request(f"{transcribing.NO_READING} ({error.message})") from error
    except (requests.RefusedError, vocabularies.VocabularyError, UnicodeDecodeError) as error:
        raise bad_request(str(error)) from error
