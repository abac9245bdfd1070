"""Amazon Translate: texts by Apertium or a marked pretence, terminologies, the emulator's jobs."""

import base64
import binascii
import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, request_validation
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import PARTITION, ServiceError
from sandbox.core.quotas import Quota
from sandbox.core.upstream import responses
from sandbox.iam import authorization, request_resources
from sandbox.language.detection import TRANSLATED, Detector
from sandbox.services.translate import terminology
from sandbox.services.translate.apertium import ApertiumError
from sandbox.services.translate.terminology import Terminology, TerminologyError
from sandbox.services.translate.translation import Translator
from sandbox.services.translate.upstream import translate

LARGEST_BYTES = 10_000
LARGEST_FILE = 10 * 1024 * 1024
# AWS publishes no rate for TranslateText: "scales with traffic". This one is the sandbox's own.
TEXTS_PER_SECOND = 20.0
OTHERS_PER_SECOND = 10.0
MOST_LANGUAGES = 500
_JOBS = (
    "StartTextTranslationJob",
    "DescribeTextTranslationJob",
    "ListTextTranslationJobs",
    "StopTextTranslationJob",
)
_FAINT = 0.2  # below it Translate asks for the language instead of guessing
_DETECT = "comprehend:DetectDominantLanguage"

Operation = Callable[[dict[str, Any]], Mapping[str, Any]]


def install() -> None:
    """Take Translate over from the emulator, and leave its batch jobs to it."""
    request_resources.tell("translate", _resource)
    service = Translate(Translator(), Detector())
    emulator.add_service(
        "translate",
        {**service.operations(), **{name: _job(name) for name in _JOBS}},
        target_prefix="AWSShineFrontendService_20170701",
        reset=service.reset,
    )


def _resource(action: str, request: Mapping[str, Any]) -> str | None:
    """Tell which terminology a request is about; a text by itself is no resource."""
    match action, request:
        case "TranslateText", {"TerminologyNames": [str(name), *_]}:
            return f"terminology/{name}"
        case "GetTerminology" | "ImportTerminology" | "DeleteTerminology", {"Name": name}:
            return f"terminology/{name}"
    return None


def _job(name: str) -> Callable[[dict[str, Any]], Any]:
    """Hand a batch operation to the emulator; it wants to be called on the event loop."""

    async def operation(request: dict[str, Any]) -> Mapping[str, Any]:
        status, _, body = translate._DISPATCH[name](request)
        reply: dict[str, Any] = json.loads(body)
        if status >= 400:
            raise ServiceError(reply["__type"], reply.get("message", ""), status)
        return reply

    return operation


class Translate:
    """The synchronous operations and the terminologies of all accounts."""

    def __init__(self, translator: Translator, detector: Detector) -> None:
        self._translator = translator
        self._detector = detector
        self._quota = Quota()
        self._terminologies: dict[tuple[str, str, str], tuple[Terminology, dict[str, Any]]] = {}

    def operations(self) -> dict[str, Operation]:
        """List the operations by name, each under its quota."""
        others = {
            "ListLanguages": _list_languages,
            "ImportTerminology": self._import,
            "GetTerminology": self._get,
            "ListTerminologies": self._list,
            "DeleteTerminology": self._delete,
        }
        return {
            "TranslateText": self._admitted("TranslateText", self._translate, TEXTS_PER_SECOND),
            **{name: self._admitted(name, run, OTHERS_PER_SECOND) for name, run in others.items()},
        }

    def reset(self) -> None:
        """Forget every terminology and job, and end the engines."""
        self._quota.reset()
        self._terminologies.clear()
        self._translator.close()
        translate.reset()

    def _admitted(self, name: str, run: Operation, rate: float) -> Operation:
        def operation(request: dict[str, Any]) -> Mapping[str, Any]:
            if not self._quota.take(
                (responses.get_account_id(), responses.get_region(), name), rate
            ):
                raise ServiceError("TooManyRequestsException", "Rate exceeded")
            if name == "TranslateText":  # its model counts characters, the service bytes
                _require_size(request.get("Text"))
            if found := request_validation.violations("translate", name, request):
                raise ServiceError(
                    "ValidationException", request_validation.validation_message(found)
                )
            return run(request)

        return operation

    def _translate(self, request: dict[str, Any]) -> Mapping[str, Any]:
        text, target = request["Text"], request["TargetLanguageCode"]
        names = request.get("TerminologyNames") or []
        chosen = {name: self._terminology(name)[0] for name in names}
        source = self._source(request["SourceLanguageCode"], text)
        _require_pair(source, target)
        terms: dict[str, str] = {}
        for found in chosen.values():
            terms = found.terms(source, target) | terms
        try:
            made = self._translator.translate(text, source, target, terms)
        except ApertiumError as error:
            raise ServiceError("InternalServerException", str(error), 500) from error
        emulator.reply_header("x-sandbox-translation", made.engine)
        if made.engine == "pseudo":
            emulator.reply_header("x-sandbox-synthetic", "TranslatedText")
        reply: dict[str, Any] = {
            "TranslatedText": made.text,
            "SourceLanguageCode": source,
            "TargetLanguageCode": target,
        }
        if names:
            reply["AppliedTerminologies"] = [
                {"Name": name, "Terms": _applied(found.terms(source, target), made.applied)}
                for name, found in chosen.items()
            ]
        return reply

    def _source(self, code: str, text: str) -> str:
        if code != "auto":
            return code
        # Translate asks Comprehend as its caller, who needs the right to ask.
        if denied := authorization.denial(authorization.request_caller(), _DETECT, "*"):
            raise ServiceError("AccessDeniedException", denied)
        likely = self._detector.languages(text)
        if not likely or likely[0][1] < _FAINT:
            raise ServiceError(
                "DetectedLanguageLowConfidenceException",
                "The confidence that Amazon Comprehend accurately detected the source language is "
                "low. If a low confidence level is acceptable for your application, you can use "
                "the language in the exception to call Amazon Translate again.",
            )
        return likely[0][0]

    def _import(self, request: dict[str, Any]) -> Mapping[str, Any]:
        name, data = request["Name"], request["TerminologyData"]
        if request.get("EncryptionKey"):
            raise ServiceError(
                "InvalidParameterValueException",
                "the sandbox keeps terminologies in memory and unencrypted; leave EncryptionKey "
                "out here",
            )
        form, multi = data["Format"], data.get("Directionality", "UNI") == "MULTI"
        try:
            content = base64.b64decode(data["File"], validate=True)
            if len(content) > LARGEST_FILE:
                raise ServiceError(
                    "LimitExceededException",
                    f"the terminology file has {len(content)} bytes; at most {LARGEST_FILE}",
                )
            read = terminology.read(content, form, multi=multi)
        except (TerminologyError, binascii.Error) as error:
            raise ServiceError("InvalidParameterValueException", str(error)) from error
        key = (responses.get_account_id(), responses.get_region(), name)
        now = int(CLOCK.time())
        before = self._terminologies.get(key)
        properties = {
            "Name": name,
            "Arn": f"arn:{PARTITION}:translate:{key[1]}:{key[0]}:terminology/{name}/LATEST",
            "SourceLanguageCode": read.languages[0],
            "TargetLanguageCodes": list(read.languages[1:]),
            "SizeBytes": len(content),
            "TermCount": sum(bool(term) for row in read.rows for term in row.values()),
            "CreatedAt": before[1]["CreatedAt"] if before else now,
            "LastUpdatedAt": now,
            "Directionality": "MULTI" if multi else "UNI",
            "SkippedTermCount": 0,
            "Format": form,
        }
        if request.get("Description"):
            properties["Description"] = request["Description"]
        self._terminologies[key] = (read, properties)
        return {"TerminologyProperties": properties}

    def _get(self, request: dict[str, Any]) -> Mapping[str, Any]:
        if request.get("TerminologyDataFormat"):
            raise ServiceError(
                "InvalidParameterValueException",
                "the sandbox gives no terminology file back; leave TerminologyDataFormat out",
            )
        return {"TerminologyProperties": self._terminology(request["Name"])[1]}

    def _list(self, request: dict[str, Any]) -> Mapping[str, Any]:
        mine = (responses.get_account_id(), responses.get_region())
        found = [value[1] for key, value in sorted(self._terminologies.items()) if key[:2] == mine]
        return _page(found, request, "TerminologyPropertiesList")

    def _delete(self, request: dict[str, Any]) -> Mapping[str, Any]:
        self._terminology(request["Name"])
        del self._terminologies[
            (responses.get_account_id(), responses.get_region(), request["Name"])
        ]
        return {}

    def _terminology(self, name: str) -> tuple[Terminology, dict[str, Any]]:
        found = self._terminologies.get((responses.get_account_id(), responses.get_region(), name))
        if found is None:
            raise ServiceError(
                "ResourceNotFoundException", f"The terminology {name} could not be found."
            )
        return found


def _require_size(text: Any) -> None:
    size = len(text.encode("utf-8", "surrogatepass")) if isinstance(text, str) else 0
    if size > LARGEST_BYTES:
        raise ServiceError(
            "TextSizeLimitExceededException",
            f"Input text size exceeds limit. Max length of request text allowed is {LARGEST_BYTES} "
            f"bytes while in this request the text size is {size} bytes",
        )


def _require_pair(source: str, target: str) -> None:
    for side, code in (("Source", source), ("Target", target)):
        if code not in TRANSLATED:
            raise ServiceError(
                "UnsupportedLanguagePairException",
                f"Unsupported language pair: {source} to {target}. "
                f"{side} language '{code}' is not supported.",
            )
    if source == target:
        raise ServiceError(
            "UnsupportedLanguagePairException",
            f"Unsupported language pair: {source} to {target}.",
        )


def _applied(terms: Mapping[str, str], applied: Mapping[str, str]) -> list[dict[str, str]]:
    return [
        {"SourceText": source, "TargetText": target}
        for source, target in terms.items()
        if applied.get(source) == target
    ]


def _list_languages(request: dict[str, Any]) -> Mapping[str, Any]:
    shown = request.get("DisplayLanguageCode", "en")
    if shown != "en":  # only the English names are known here
        emulator.reply_header("x-sandbox-synthetic", "LanguageName")
    known = {"auto": "Auto", **TRANSLATED}
    named = [{"LanguageName": name, "LanguageCode": code} for code, name in known.items()]
    return {**_page(named, request, "Languages"), "DisplayLanguageCode": shown}


def _page(found: list[Any], request: dict[str, Any], name: str) -> dict[str, Any]:
    token = request.get("NextToken") or "0"
    if not token.isdecimal() or int(token) > len(found):
        raise ServiceError("InvalidParameterValueException", "The NextToken is invalid.")
    begin = int(token)
    end = begin + request.get("MaxResults", MOST_LANGUAGES)
    return {name: found[begin:end]} | ({"NextToken": str(end)} if end < len(found) else {})
