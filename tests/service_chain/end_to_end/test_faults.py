"""Every service throttles, fails once, or fails for good: each document has exactly one end."""

import pytest

from fixtures.speech.calls import VORBIS
from operations.redrive import redrive

AI = {
    "transcribe:StartTranscriptionJob": "LimitExceededException",
    "comprehend:DetectDominantLanguage": "TooManyRequestsException",
    "translate:TranslateText": "TooManyRequestsException",
    "comprehend:BatchDetectSentiment": "TooManyRequestsException",
    "comprehend:BatchDetectEntities": "TooManyRequestsException",
    "comprehend:BatchDetectKeyPhrases": "TooManyRequestsException",
    "comprehend:DetectPiiEntities": "TooManyRequestsException",
}
STORES = {
    "s3:PutObject": "SlowDown",
    "s3:GetObject": "SlowDown",
    "dynamodb:UpdateItem": "ThrottlingException",
    "dynamodb:PutItem": "ThrottlingException",
    "sns:Publish": "Throttled",
    "lambda:InvokeFunction": "TooManyRequestsException",
}
# Where each service's failure is found, in the record of the document; the rest are asked at once.
WHERE = {
    "transcribe:StartTranscriptionJob": "StartTranscription",
    "comprehend:DetectDominantLanguage": "DetectLanguage",
    "translate:TranslateText": "TranslateText",
}
AT_ONCE = "DetectAll"
TEXT = b"The delivery was late, and Eleanor Whitcombe in Boston is very unhappy with the service."


def both(name):
    return [(f"{name}.txt", TEXT), (f"{name}.ogg", VORBIS.read_bytes())]


def test_a_fifth_of_all_calls_throttled_costs_no_document(calm):
    rules = [
        {"action": action, "code": code, "rate": 0.2, "seed": 7}
        for action, code in {**AI, **STORES}.items()
    ]
    calm.sandbox.faults(rules)
    ids = calm.drop_all([part for n in range(3) for part in both(f"throttled/{n}")])
    found = calm.finished(ids, seconds=180)
    assert all("insights" in found[name] for name in ids)
    struck = {rule["action"] for rule in calm.sandbox.faults() if rule["hits"]}
    assert struck >= {*AI} - {"transcribe:StartTranscriptionJob"}


def test_each_service_that_fails_once_is_asked_again(calm):
    calm.sandbox.faults(
        [
            {"action": action, "code": "InternalServerException", "status": 500, "times": 1}
            for action in AI
        ]
    )
    ids = calm.drop_all(both("once"))
    found = calm.finished(ids)
    assert all("insights" in found[name] for name in ids)
    assert [rule["hits"] for rule in calm.sandbox.faults()] == [1] * len(AI)


@pytest.mark.parametrize("action", AI)
def test_a_service_that_fails_for_good_is_named_in_the_record(calm, action):
    code = "BadRequestException" if action.startswith("transcribe") else "InvalidRequestException"
    calm.sandbox.faults([{"action": action, "code": code}])
    name = calm.drop(*both(f"good/{action.replace(':', '-')}")[action.startswith("transcribe")])
    record = calm.finished([name])[name]
    assert record["state"] == WHERE.get(action, AT_ONCE)
    assert record["error"].endswith(code)
    assert record["input"]["document_id"] == name

    calm.sandbox.faults([])
    redrive(calm.session(), "ServiceChain")
    calm.wait_for(lambda: name in calm.ids("documents/"))
    assert name not in calm.ids("failures/")


def test_a_service_that_throttles_for_good_ends_in_a_record_after_bounded_tries(calm):
    calm.sandbox.faults([{"action": "translate:TranslateText", "code": "TooManyRequestsException"}])
    name = calm.drop("never.txt", TEXT)
    record = calm.finished([name])[name]
    assert record["state"] == "TranslateText"
    assert record["error"] == "Translate.TooManyRequestsException"
