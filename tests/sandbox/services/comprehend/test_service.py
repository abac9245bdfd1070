"""Comprehend as an SDK and a state machine see it: shapes, limits, permissions, quotas."""

import pytest

from sandbox.language import pseudo_translation

LETTER = (
    "Hello, my name is Anna Schmidt. On March 3rd, 2025 I bought a coffee machine from AnyCompany "
    "for $129.99 and I love it. My phone is (555) 123-4567, write to anna@example.com in Berlin."
)
SINGLE = {
    "detect_dominant_language": 100_000,
    "detect_sentiment": 5_000,
    "detect_entities": 100_000,
    "detect_key_phrases": 100_000,
    "detect_pii_entities": 100_000,
    "contains_pii_entities": 100_000,
}
BATCHED = (
    "batch_detect_dominant_language",
    "batch_detect_sentiment",
    "batch_detect_entities",
    "batch_detect_key_phrases",
)


def with_language(operation, code="en"):
    return {} if operation.endswith("language") else {"LanguageCode": code}


def headers(reply):
    return reply["ResponseMetadata"]["HTTPHeaders"]


def quoted(items, text):
    assert all(text[i["BeginOffset"] : i["EndOffset"]] == i["Text"] for i in items)
    return {item["Text"] for item in items}


def test_sentiment_has_four_scores_that_sum_to_one(comprehend):
    reply = comprehend.detect_sentiment(Text=LETTER, LanguageCode="en")
    assert reply["Sentiment"] == "POSITIVE"
    assert sum(reply["SentimentScore"].values()) == pytest.approx(1)
    assert "x-sandbox-synthetic" not in headers(reply)


def test_a_language_without_a_sentiment_list_is_neutral_and_says_so(comprehend):
    reply = comprehend.detect_sentiment(Text="すばらしい", LanguageCode="ja")
    assert reply["Sentiment"] == "NEUTRAL"
    assert headers(reply)["x-sandbox-synthetic"] == "Sentiment,SentimentScore"


def test_entities_are_quoted_from_the_text(comprehend):
    reply = comprehend.detect_entities(Text=LETTER, LanguageCode="en")
    assert quoted(reply["Entities"], LETTER) >= {"Anna Schmidt", "AnyCompany", "$129.99", "Berlin"}
    assert headers(reply)["x-sandbox-synthetic"] == "Score"


def test_key_phrases_are_quoted_from_the_text(comprehend):
    reply = comprehend.detect_key_phrases(Text=LETTER, LanguageCode="en")
    assert "coffee machine" in quoted(reply["KeyPhrases"], LETTER)


def test_personal_data_is_pointed_at_and_not_quoted(comprehend):
    reply = comprehend.detect_pii_entities(Text=LETTER, LanguageCode="en")
    found = {e["Type"]: LETTER[e["BeginOffset"] : e["EndOffset"]] for e in reply["Entities"]}
    assert found == {
        "NAME": "Anna Schmidt",
        "DATE_TIME": "March 3rd, 2025",
        "PHONE": "(555) 123-4567",
        "EMAIL": "anna@example.com",
    }
    labels = comprehend.contains_pii_entities(Text=LETTER, LanguageCode="en")["Labels"]
    assert {label["Name"] for label in labels} == set(found)


def test_personal_data_is_looked_for_in_two_languages_only(comprehend, refused):
    for operation in (comprehend.detect_pii_entities, comprehend.contains_pii_entities):
        assert operation(Text="Me llamo Lucía", LanguageCode="es")
        code, _ = refused(operation, Text="Je suis Anne", LanguageCode="fr")
        assert code == "UnsupportedLanguageException"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("My order arrived late.", "en"),
        ("Mi pedido llegó muy tarde.", "es"),
        ("Ma commande est arrivée en retard.", "fr"),
        ("Meine Bestellung kam zu spät.", "de"),
        ("これは日本語です", "ja"),
        (
            pseudo_translation.mark("fr") + pseudo_translation.disguise("My order arrived late."),
            "fr",
        ),
    ],
)
def test_the_dominant_language_is_named_first(comprehend, text, language):
    found = comprehend.detect_dominant_language(Text=text)["Languages"]
    assert found[0]["LanguageCode"] == language
    assert all(0 < entry["Score"] <= 1 for entry in found)


def test_a_text_without_letters_gets_a_language_that_is_marked(comprehend):
    reply = comprehend.detect_dominant_language(Text="12345")
    assert reply["Languages"]
    assert headers(reply)["x-sandbox-synthetic"] == "Languages"


def test_a_pretended_translation_is_analysed_as_the_english_that_it_was(comprehend):
    text = pseudo_translation.mark("es") + pseudo_translation.disguise(LETTER)
    offset = len(pseudo_translation.mark("es"))
    plain = comprehend.detect_entities(Text=LETTER, LanguageCode="en")["Entities"]
    reply = comprehend.batch_detect_entities(TextList=[text], LanguageCode="es")
    entities = reply["ResultList"][0]["Entities"]
    quoted(entities, text)
    assert [(e["Type"], e["BeginOffset"] - offset, e["EndOffset"] - offset) for e in entities] == [
        (e["Type"], e["BeginOffset"], e["EndOffset"]) for e in plain
    ]
    assert headers(reply)["x-sandbox-source"] == "pseudo-translation"
    kinds = {
        e["Type"] for e in comprehend.detect_pii_entities(Text=text, LanguageCode="es")["Entities"]
    }
    assert "NAME" in kinds
    assert comprehend.detect_sentiment(Text=text, LanguageCode="es")["Sentiment"] == "POSITIVE"


@pytest.mark.parametrize(("operation", "largest"), SINGLE.items())
def test_a_text_may_have_its_limit_in_bytes_and_not_one_more(
    comprehend, refused, operation, largest
):
    call, more = getattr(comprehend, operation), with_language(operation)
    text = "é" * (largest // 2)
    assert call(Text=text, **more)
    assert refused(call, Text=text + ".", **more) == (
        "TextSizeLimitExceededException",
        f"Input text size exceeds limit. Max length of request text allowed is {largest} bytes "
        f"while in this request the text size is {largest + 1} bytes",
    )


@pytest.mark.parametrize("operation", BATCHED)
def test_a_batch_answers_in_order_and_names_the_item_that_is_too_large(comprehend, operation):
    texts = ["Hello Anna", "é" * 2500, "é" * 2500 + ".", "Berlin is nice"]
    reply = getattr(comprehend, operation)(TextList=texts, **with_language(operation))
    assert [result["Index"] for result in reply["ResultList"]] == [0, 1, 3]
    (error,) = reply["ErrorList"]
    assert (error["Index"], error["ErrorCode"]) == (2, "TEXT_SIZE_LIMIT_EXCEEDED")


@pytest.mark.parametrize("operation", BATCHED)
def test_a_batch_has_25_texts_at_most(comprehend, refused, operation):
    call, more = getattr(comprehend, operation), with_language(operation)
    reply = call(TextList=["good"] * 25, **more)
    assert len(reply["ResultList"]) == 25
    code, _ = refused(call, TextList=["good"] * 26, **more)
    assert code == "BatchSizeLimitExceededException"


def test_what_the_model_forbids_is_a_validation_error(contract, refused):
    raw = contract("comprehend", parameter_validation=False)
    wrong = (
        (raw.detect_sentiment, {"Text": "", "LanguageCode": "en"}),
        (raw.detect_sentiment, {"Text": "hello", "LanguageCode": "xx"}),
        (raw.detect_sentiment, {"Text": "hello"}),
        (raw.batch_detect_sentiment, {"TextList": [], "LanguageCode": "en"}),
        (raw.batch_detect_sentiment, {"TextList": ["a", ""], "LanguageCode": "en"}),
    )
    for operation, arguments in wrong:
        code, message = refused(operation, **arguments)
        assert code == "ValidationException", arguments
        assert "validation error detected" in message


def test_a_document_in_another_form_than_text_is_refused(comprehend, refused):
    code, message = refused(
        comprehend.detect_entities,
        Bytes=b"%PDF",
        DocumentReaderConfig={"DocumentReadAction": "TEXTRACT_DETECT_DOCUMENT_TEXT"},
    )
    assert code == "InvalidRequestException"
    assert "reads Text and nothing else" in message


@pytest.mark.parametrize(
    ("operation", "rate"), [("detect_key_phrases", 20), ("batch_detect_sentiment", 10)]
)
def test_a_caller_over_the_quota_is_throttled(sandbox, operation, rate):
    client = sandbox.client(
        "comprehend", region_name="eu-west-3", retries={"total_max_attempts": 1}
    )
    given = {"TextList": ["a"]} if operation.startswith("batch") else {"Text": "a"}
    refusals = []
    for _ in range(3 * rate):
        try:
            getattr(client, operation)(**given, LanguageCode="en")
        except client.exceptions.ClientError as error:
            refusals.append(error.response["Error"])
    assert 0 < len(refusals) <= 2 * rate
    assert {tuple(e.values()) for e in refusals} <= {("Rate exceeded", "ThrottlingException")}


def test_a_caller_needs_the_right_to_each_operation(allowed_to, refused):
    client = allowed_to("comprehend", "comprehend:DetectSentiment")
    assert client.detect_sentiment(Text="good", LanguageCode="en")
    code, message = refused(client.detect_entities, Text="good", LanguageCode="en")
    assert code == "AccessDeniedException"
    assert "comprehend:DetectEntities" in message


def test_a_state_machine_detects_with_the_rights_of_its_role(run_task):
    action, given = "comprehend:batchDetectSentiment", {"TextList": ["good"], "LanguageCode": "en"}
    status, output = run_task(action, given, "comprehend:BatchDetectSentiment")
    assert status == "SUCCEEDED"
    assert output["ErrorList"] == []
    assert output["ResultList"][0]["Sentiment"] == "POSITIVE"
    error, cause = run_task(action, given, "comprehend:DetectEntities")
    assert error == "Comprehend.ComprehendException"  # the model has no error for it
    assert "not authorized to perform: comprehend:BatchDetectSentiment" in cause


def test_an_error_has_the_name_that_a_state_machine_catches(run_task):
    given = {"Text": "a" * 5001, "LanguageCode": "en"}
    error, _ = run_task("comprehend:detectSentiment", given, "comprehend:*")
    assert error == "Comprehend.TextSizeLimitExceededException"
