"""Amazon Comprehend's synchronous operations, by rules and lists, and marked where they guess."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core import emulator, request_validation
from sandbox.core.emulator import ServiceError
from sandbox.core.quotas import Quota
from sandbox.core.upstream import responses
from sandbox.language import pseudo_translation
from sandbox.language.detection import Detector
from sandbox.services.comprehend import phrases, pii, sentiment
from sandbox.services.comprehend.entities import find_entities
from sandbox.services.comprehend.spans import Span

# Quotas and limits: "Guidelines and quotas" in the Amazon Comprehend developer guide.
DETECTIONS_PER_SECOND = 20.0
BATCHES_PER_SECOND = 10.0
LARGEST_BATCH = 25
SMALL, LARGE = 5_000, 100_000  # bytes of UTF-8
_SYNTHETIC = "x-sandbox-synthetic"
_SOURCE = "x-sandbox-source"

Members = Mapping[str, Any]


@dataclass(frozen=True)
class Finding:
    """What one operation says of one text, and which members of it say nothing about the text."""

    members: Members
    made_up: frozenset[str] = frozenset()


Analysis = Callable[[str, str], Finding]


def install() -> None:
    """Add Comprehend, which the emulator lacks."""
    service = Comprehend(Detector())
    emulator.add_service(
        "comprehend",
        service.operations(),
        target_prefix="Comprehend_20171127",
        reset=service.quota.reset,
    )


class Comprehend:
    """The operations, each under its own quota."""

    def __init__(self, detector: Detector) -> None:
        self.quota = Quota()
        self._detector = detector

    def operations(self) -> dict[str, Callable[[dict[str, Any]], Members]]:
        """List the operations by name."""
        single: dict[str, tuple[Analysis, int]] = {
            "DetectDominantLanguage": (self._languages, LARGE),
            "DetectSentiment": (_sentiment, SMALL),
            "DetectEntities": (_entities, LARGE),
            "DetectKeyPhrases": (_phrases, LARGE),
            "DetectPiiEntities": (_pii, LARGE),
            "ContainsPiiEntities": (_pii_labels, LARGE),
        }
        batched: dict[str, Analysis] = {
            "BatchDetectDominantLanguage": self._languages,
            "BatchDetectSentiment": _sentiment,
            "BatchDetectEntities": _entities,
            "BatchDetectKeyPhrases": _phrases,
        }
        return {
            **{name: self._single(name, *how) for name, how in single.items()},
            **{name: self._batched(name, analyse) for name, analyse in batched.items()},
        }

    def _single(
        self, name: str, analyse: Analysis, largest: int
    ) -> Callable[[dict[str, Any]], Members]:
        def operation(request: dict[str, Any]) -> Members:
            self._admit(name, request, DETECTIONS_PER_SECOND)
            text = request.get("Text")
            if not isinstance(text, str):
                raise ServiceError(
                    "InvalidRequestException",
                    f"the sandbox's {name} reads Text and nothing else; "
                    f"this request has {', '.join(sorted(request))}",
                )
            if (size := _size(text)) > largest:
                raise ServiceError("TextSizeLimitExceededException", _too_large(size, largest))
            finding = _analysed(analyse, text, request.get("LanguageCode", ""))
            _say_what_is_made_up([finding], [text])
            return finding.members

        return operation

    def _batched(self, name: str, analyse: Analysis) -> Callable[[dict[str, Any]], Members]:
        def operation(request: dict[str, Any]) -> Members:
            self._admit(name, request, BATCHES_PER_SECOND)
            texts: list[str] = request["TextList"]
            if len(texts) > LARGEST_BATCH:
                raise ServiceError(
                    "BatchSizeLimitExceededException",
                    "Input batch size exceeds limit. Max number of documents allowed in a batch "
                    f"is {LARGEST_BATCH} while in this request it is {len(texts)}",
                )
            results, errors, findings = [], [], []
            for index, text in enumerate(texts):
                if (size := _size(text)) > SMALL:
                    error = {"ErrorCode": "TEXT_SIZE_LIMIT_EXCEEDED"}
                    errors.append(
                        {"Index": index, **error, "ErrorMessage": _too_large(size, SMALL)}
                    )
                    continue
                findings.append(_analysed(analyse, text, request.get("LanguageCode", "")))
                results.append({"Index": index, **findings[-1].members})
            _say_what_is_made_up(findings, texts)
            return {"ResultList": results, "ErrorList": errors}

        return operation

    def _admit(self, name: str, request: dict[str, Any], rate: float) -> None:
        if not self.quota.take((responses.get_account_id(), responses.get_region(), name), rate):
            raise ServiceError("ThrottlingException", "Rate exceeded")
        if found := request_validation.violations("comprehend", name, request):
            raise ServiceError("ValidationException", request_validation.validation_message(found))

    def _languages(self, text: str, _code: str) -> Finding:
        found = self._detector.languages(text)
        likely = [{"LanguageCode": code, "Score": score} for code, score in found]
        if not likely:  # no letters: AWS names some language all the same
            return Finding(
                {"Languages": [{"LanguageCode": "en", "Score": 0.1}]}, frozenset({"Languages"})
            )
        return Finding({"Languages": likely})


def _size(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _too_large(size: int, largest: int) -> str:
    return (
        f"Input text size exceeds limit. Max length of request text allowed is {largest} bytes "
        f"while in this request the text size is {size} bytes"
    )


def _analysed(analyse: Analysis, text: str, code: str) -> Finding:
    """Analyse a text; a pretended translation is analysed as the English that it is.

    Both have the same number of characters, so offsets need no change; what is quoted from the
    text is quoted as it is there.
    """
    if pseudo_translation.is_pseudo(text) and analyse in _OF_LANGUAGES:
        finding = analyse(pseudo_translation.reveal(text), "en")
        return Finding(_quoted(finding.members, text), finding.made_up)
    return analyse(text, code)


def _quoted(members: Members, text: str) -> Members:
    return {
        name: [
            item | {"Text": text[item["BeginOffset"] : item["EndOffset"]]}
            if "Text" in item
            else item
            for item in value
        ]
        if isinstance(value, list)
        else value
        for name, value in members.items()
    }


def _sentiment(text: str, code: str) -> Finding:
    scores = sentiment.weigh(text, code)
    guessed = {"Sentiment", "SentimentScore"} if code not in sentiment.LANGUAGES else set()
    members = {"Sentiment": sentiment.label(scores), "SentimentScore": scores}
    return Finding(members, frozenset(guessed))


def _entities(text: str, code: str) -> Finding:
    # The rules read four languages; of others they see what looks the same everywhere.
    guessed = {"Score"} if code in phrases.LANGUAGES else {"Score", "Entities"}
    spans = [_item(span, text) for span in find_entities(text)]
    return Finding({"Entities": spans}, frozenset(guessed))


def _phrases(text: str, code: str) -> Finding:
    guessed = {"Score"} if code in phrases.LANGUAGES else {"KeyPhrases"}
    spans = [_item(span, text) for span in phrases.find_phrases(text, code)]
    for span in spans:
        del span["Type"]
    return Finding({"KeyPhrases": spans}, frozenset(guessed))


def _pii(text: str, code: str) -> Finding:
    if code not in pii.LANGUAGES:
        raise ServiceError(
            "UnsupportedLanguageException",
            f"Unsupported languageCode: {code}. Supported: {', '.join(pii.LANGUAGES)}",
        )
    spans = [_item(span, text) for span in pii.find_pii(text)]
    for span in spans:
        del span["Text"]
    return Finding({"Entities": spans}, frozenset({"Score"}))


def _pii_labels(text: str, code: str) -> Finding:
    finding = _pii(text, code)
    best: dict[str, float] = {}
    for item in finding.members["Entities"]:
        best[item["Type"]] = max(best.get(item["Type"], 0.0), item["Score"])
    labels = [{"Name": kind, "Score": score} for kind, score in sorted(best.items())]
    return Finding({"Labels": labels}, finding.made_up)


_OF_LANGUAGES = (_sentiment, _entities, _phrases, _pii, _pii_labels)


def _item(span: Span, text: str) -> dict[str, Any]:
    return {
        "Score": span.score,
        "Type": span.kind,
        "Text": text[span.begin : span.end],
        "BeginOffset": span.begin,
        "EndOffset": span.end,
    }


def _say_what_is_made_up(findings: list[Finding], texts: list[str]) -> None:
    made_up = frozenset[str]().union(*(finding.made_up for finding in findings))
    if made_up:
        emulator.reply_header(_SYNTHETIC, ",".join(sorted(made_up)))
    if any(pseudo_translation.is_pseudo(text) for text in texts):
        emulator.reply_header(_SOURCE, "pseudo-translation")
