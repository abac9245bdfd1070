"""Requests to Amazon Polly: what it would not take."""

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from sandbox.core import request_validation
from sandbox.core.emulator import ServiceError
from sandbox.services.polly.voices import Voice

_INVALID = {
    "outputS3BucketName": (
        "InvalidS3BucketException",
        "The provided Amazon S3 bucket name is invalid. Please check your input with S3 bucket "
        "naming requirements and try again.",
    ),
    "outputS3KeyPrefix": (
        "InvalidS3KeyException",
        "The provided Amazon S3 key prefix is invalid. Please provide a valid S3 object key name.",
    ),
    "taskId": ("InvalidTaskIdException", "The provided Task ID is not valid."),
}

Members = Mapping[str, Any]


def refusal(found: list[str]) -> ServiceError:
    """Spell violations of the model: some members have errors of their own."""
    for member, (code, message) in _INVALID.items():
        if any(f"at '{member}'" in violation and "null" not in violation for violation in found):
            return ServiceError(code, message)
    return ServiceError("ValidationException", request_validation.validation_message(found))


def require_kept(request: Members) -> None:
    """Refuse what would otherwise be accepted and forgotten."""
    if request.get("LexiconNames"):
        raise ServiceError(
            "LexiconNotFoundException", "the sandbox's Polly has no lexicons; leave them out", 404
        )
    if request.get("SnsTopicArn"):
        raise ServiceError(
            "InvalidSnsTopicArnException",
            "the sandbox's Polly notifies no topic; leave SnsTopicArn out and get the task",
        )
    if request["OutputFormat"] == "json":
        raise ServiceError(
            "ServiceFailureException", "the sandbox's Polly makes no speech marks", 501
        )
    if request.get("SpeechMarkTypes"):
        raise ServiceError(
            "MarksNotSupportedForFormatException",
            "Speech marks are not supported for the OutputFormat selected. Speech marks are only "
            "available for content in json format.",
        )


def require_voice(voice: Voice, engine: str, language: str | None) -> None:
    """Refuse an engine or a language that a voice does not have."""
    if engine not in voice.engines:
        raise ServiceError(
            "ValidationException", f"This voice does not support the selected engine: {engine}"
        )
    if language is not None and not voice.speaks(language):
        raise ServiceError(
            "LanguageNotSupportedException",
            "The language specified is not currently supported by Amazon Polly in this capacity: "
            f"{voice.name} speaks {', '.join((voice.language, *voice.more_languages))}",
        )


def sample_rate(request: Members, engine: str, rates: tuple[int, ...]) -> int:
    """Read the sample rate, or choose it; one that the format does not have is refused."""
    default = 22050 if engine == "standard" else 24000
    given = request.get("SampleRate", str(default if default in rates else rates[-1]))
    if not given.isdecimal() or int(given) not in rates:
        raise ServiceError(
            "InvalidSampleRateException",
            f"The specified sample rate is not valid: {request['OutputFormat']} has "
            + ", ".join(map(str, rates)),
        )
    return int(given)


def words_of(ssml: str) -> str:
    """Take the words out of SSML, whose tags are not billed."""
    try:
        root: Element = fromstring(ssml)
    except (ParseError, DefusedXmlException) as error:
        raise ServiceError("InvalidSsmlException", f"Invalid SSML request: {error}") from error
    if root.tag.rpartition("}")[2] != "speak":
        raise ServiceError("InvalidSsmlException", f"Invalid SSML request: the root is {root.tag}")
    return "".join(root.itertext())
