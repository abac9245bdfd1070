"""What StartTranscriptionJob may ask of the sandbox, and where a job reads and writes."""

import re
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import unquote, urlsplit

from sandbox.services.transcribe.document import LANGUAGE

_VIRTUAL_HOST = re.compile(r"(?P<bucket>[a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com")
_NOT_SERVED = (
    "ModelSettings",
    "ContentRedaction",
    "IdentifyMultipleLanguages",
    "KMSEncryptionContext",
    "Subtitles",
    "ToxicityDetection",
)
_SETTINGS = ("VocabularyName", "ChannelIdentification")
_ONLY = f"the sandbox's Transcribe recognizes {LANGUAGE} only"


class RefusedError(Exception):
    """A request that is not taken; the message says what is wrong with it."""


def check(request: Mapping[str, Any]) -> None:
    """Refuse a well-formed request that AWS would not take, or that the sandbox cannot fulfil."""
    if not request["Media"].get("MediaFileUri"):
        raise RefusedError("You must include MediaFileUri in your request.")
    _check_language(request)
    _check_settings(request)
    execution = request.get("JobExecutionSettings") or {}
    if execution and not {"AllowDeferredExecution", "DataAccessRoleArn"} <= set(execution):
        raise RefusedError(
            "JobExecutionSettings must include both AllowDeferredExecution and DataAccessRoleArn."
        )
    if not request.get("OutputBucketName"):
        raise RefusedError(
            "the sandbox's Transcribe has no bucket of its own to keep transcripts in: "
            "give OutputBucketName"
        )


def _check_language(request: Mapping[str, Any]) -> None:
    language, identify = request.get("LanguageCode"), request.get("IdentifyLanguage")
    options = request.get("LanguageOptions") or []
    if bool(language) == bool(identify):
        raise RefusedError("You must include either LanguageCode or IdentifyLanguage, not both.")
    if options and not identify:
        raise RefusedError(
            "If you include LanguageOptions, you must also include IdentifyLanguage."
        )
    if len(options) == 1:
        raise RefusedError("LanguageOptions must have two or more language codes.")
    if language not in (None, LANGUAGE):
        raise RefusedError(f"{_ONLY}; LanguageCode is {language}")
    if options and LANGUAGE not in options:
        raise RefusedError(f"{_ONLY}; LanguageOptions are {', '.join(options)}")


def _check_settings(request: Mapping[str, Any]) -> None:
    settings = request.get("Settings") or {}
    asked = [name for name in _NOT_SERVED if request.get(name)]
    asked += [
        f"Settings.{name}" for name, value in settings.items() if value and name not in _SETTINGS
    ]
    if asked:
        raise RefusedError(
            f"the sandbox's Transcribe does not have {', '.join(asked)}; "
            f"of Settings it has {' and '.join(_SETTINGS)}"
        )


def vocabulary_of(request: Mapping[str, Any]) -> str | None:
    """Name the vocabulary that a job uses; with identification, each language has its own."""
    if request.get("IdentifyLanguage"):
        of_language = (request.get("LanguageIdSettings") or {}).get(LANGUAGE) or {}
        return cast("str | None", of_language.get("VocabularyName"))
    return cast("str | None", (request.get("Settings") or {}).get("VocabularyName"))


def by_channel(request: Mapping[str, Any]) -> bool:
    """Tell whether each channel is transcribed by itself."""
    return bool((request.get("Settings") or {}).get("ChannelIdentification"))


def output_key(request: Mapping[str, Any]) -> str:
    """Say where the transcript goes: an ``OutputKey`` that does not end in .json is a folder.

    Source: ``OutputKey`` of StartTranscriptionJob in the API reference.
    """
    name, key = f"{request['TranscriptionJobName']}.json", request.get("OutputKey") or ""
    if key.endswith(".json"):
        return str(key)
    return f"{key.rstrip('/')}/{name}" if key.rstrip("/") else name


def split_uri(uri: str) -> tuple[str, str]:
    """Take bucket and key out of an S3 location, in any of its spellings."""
    if uri.startswith("s3://"):
        bucket, _, key = uri.removeprefix("s3://").partition("/")
    else:
        url = urlsplit(uri)
        path = unquote(url.path.lstrip("/"))
        if virtual := _VIRTUAL_HOST.fullmatch(url.hostname or ""):
            bucket, key = virtual["bucket"], path
        else:
            bucket, _, key = path.partition("/")
    if not bucket or not key:
        raise RefusedError(f"'{uri}' names no S3 object: give s3://bucket/key")
    return bucket, key
