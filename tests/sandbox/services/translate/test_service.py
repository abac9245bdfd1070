"""Translate as an SDK and a state machine see it: texts, terminologies, limits, permissions."""

import pytest

from sandbox.language import pseudo_translation
from sandbox.services.translate import apertium

HELLO = {"Text": "Hello Anna", "SourceLanguageCode": "en"}
PAIR = {"SourceLanguageCode": "en", "TargetLanguageCode": "fr"}


def headers(reply):
    return reply["ResponseMetadata"]["HTTPHeaders"]


def test_a_pair_without_an_engine_gets_a_marked_pretence(translate):
    reply = translate.translate_text(Text="Hello {name}, mail anna@example.com!", **PAIR)
    text = reply["TranslatedText"]
    assert text.startswith("⟦fr⟧ ")
    assert text.endswith(" {name}, ɱȧɨƚ anna@example.com!")
    assert pseudo_translation.reveal(text).strip() == "Hello {name}, mail anna@example.com!"
    assert headers(reply)["x-sandbox-translation"] == "pseudo"
    assert headers(reply)["x-sandbox-synthetic"] == "TranslatedText"
    assert (reply["SourceLanguageCode"], reply["TargetLanguageCode"]) == ("en", "fr")


def test_a_reply_says_whether_apertium_made_it(translate):
    reply = translate.translate_text(
        Text="My order arrived late.", SourceLanguageCode="en", TargetLanguageCode="es"
    )
    is_installed = ("en", "es") in apertium.pairs()
    engine = "apertium" if is_installed else "pseudo"
    assert headers(reply)["x-sandbox-translation"] == engine
    assert ("x-sandbox-synthetic" in headers(reply)) != is_installed
    assert reply["TranslatedText"].startswith("Mi orden" if is_installed else "⟦es⟧ ")


def test_auto_finds_the_source(translate):
    reply = translate.translate_text(
        Text="Ma commande est arrivée en retard.",
        SourceLanguageCode="auto",
        TargetLanguageCode="en",
    )
    assert reply["SourceLanguageCode"] == "fr"


def test_auto_without_letters_is_of_low_confidence(translate, refused):
    code, _ = refused(
        translate.translate_text,
        Text="12345",
        SourceLanguageCode="auto",
        TargetLanguageCode="en",
    )
    assert code == "DetectedLanguageLowConfidenceException"


def test_a_text_may_have_10000_bytes_and_not_one_more(translate, refused):
    text = "é" * 5000
    assert len(translate.translate_text(Text=text, **PAIR)["TranslatedText"]) >= 5000
    assert refused(translate.translate_text, Text=text + ".", **PAIR) == (
        "TextSizeLimitExceededException",
        "Input text size exceeds limit. Max length of request text allowed is 10000 bytes "
        "while in this request the text size is 10001 bytes",
    )


def test_the_largest_text_stays_within_the_reply_that_the_model_allows(translate):
    reply = translate.translate_text(Text="x" * 10_000, **PAIR)
    assert len(reply["TranslatedText"]) <= 20_000


@pytest.mark.parametrize("pair", [("en", "en"), ("en", "xx"), ("xx", "en"), ("en", "auto")])
def test_a_pair_that_aws_has_not_is_unsupported(translate, refused, pair):
    source, target = pair
    code, message = refused(
        translate.translate_text,
        Text="hello",
        SourceLanguageCode=source,
        TargetLanguageCode=target,
    )
    assert code == "UnsupportedLanguagePairException"
    assert message.startswith(f"Unsupported language pair: {source} to {target}.")


def test_what_the_model_forbids_is_a_validation_error(contract, refused):
    raw = contract("translate", parameter_validation=False)
    for wrong in (
        {"Text": "", **PAIR},
        {"Text": "hello", "SourceLanguageCode": "en"},
        {"Text": "hello", "SourceLanguageCode": "english", "TargetLanguageCode": "fr"},
        {"Text": "hello", **PAIR, "TerminologyNames": ["no such name!"]},
    ):
        code, message = refused(raw.translate_text, **wrong)
        assert code == "ValidationException", wrong
        assert "failed to satisfy constraint" in message


def test_all_languages_are_listed_page_by_page(translate):
    whole = translate.list_languages()["Languages"]
    assert len(whole) == 76
    assert {"LanguageCode": "es-MX", "LanguageName": "Spanish (Mexico)"} in whole
    reply = translate.list_languages(MaxResults=30)
    pages = [reply["Languages"]]
    while "NextToken" in reply:
        reply = translate.list_languages(MaxResults=30, NextToken=reply["NextToken"])
        pages.append(reply["Languages"])
    assert [len(page) for page in pages] == [30, 30, 16]
    assert [language for page in pages for language in page] == whole


def test_a_terminology_is_described_listed_and_deleted(translate, unique, refused):
    name = unique("glossary")
    made = translate.import_terminology(
        Name=name,
        MergeStrategy="OVERWRITE",
        Description="what we sell",
        TerminologyData={"File": b"en,fr,es\ncat,matou,michi\n", "Format": "CSV"},
    )["TerminologyProperties"]
    assert made["Arn"].endswith(f":terminology/{name}/LATEST")
    assert (made["SourceLanguageCode"], made["TargetLanguageCodes"]) == ("en", ["fr", "es"])
    assert (made["TermCount"], made["SizeBytes"], made["Directionality"]) == (3, 25, "UNI")
    assert translate.get_terminology(Name=name)["TerminologyProperties"] == made
    assert made in translate.list_terminologies()["TerminologyPropertiesList"]
    translate.delete_terminology(Name=name)
    for operation in (translate.get_terminology, translate.delete_terminology):
        assert refused(operation, Name=name)[0] == "ResourceNotFoundException"


def test_terms_are_put_in_and_named(translate, glossary):
    name, _ = glossary("en,fr\ncoffee machine,cafetière\ntea,thé\n")
    reply = translate.translate_text(
        Text="The Coffee Machine is here", TerminologyNames=[name], **PAIR
    )
    assert "Cafetière" in reply["TranslatedText"]
    assert reply["AppliedTerminologies"] == [
        {
            "Name": name,
            "Terms": [{"SourceText": "coffee machine", "TargetText": "cafetière"}],
        }
    ]


def test_terms_are_put_in_by_either_engine(translate, glossary):
    name, _ = glossary("en,es\norder,encargo\n")
    reply = translate.translate_text(
        Text="My order arrived late.",
        SourceLanguageCode="en",
        TargetLanguageCode="es",
        TerminologyNames=[name],
    )
    assert "encargo" in reply["TranslatedText"]


def test_a_terminology_for_another_pair_changes_nothing(translate, glossary):
    name, _ = glossary("en,de\nHello,Hallo\n")
    reply = translate.translate_text(Text="Hello", TerminologyNames=[name], **PAIR)
    assert pseudo_translation.reveal(reply["TranslatedText"]).strip() == "Hello"
    assert reply["AppliedTerminologies"] == [{"Name": name, "Terms": []}]


def test_an_unknown_terminology_is_not_found(translate, refused):
    code, message = refused(
        translate.translate_text, **HELLO, TargetLanguageCode="fr", TerminologyNames=["nobody"]
    )
    assert code == "ResourceNotFoundException"
    assert "nobody" in message


def test_a_file_that_is_no_terminology_is_refused(translate, unique, refused):
    for content in (b"", b"en\ncat\n", b"en,xx\ncat,mat\n", b"en,fr\ncat\n", b"\xff\xfe"):
        code, _ = refused(
            translate.import_terminology,
            Name=unique("glossary"),
            MergeStrategy="OVERWRITE",
            TerminologyData={"File": content, "Format": "CSV"},
        )
        assert code == "InvalidParameterValueException", content


def test_a_caller_over_the_quota_is_throttled(sandbox):
    client = sandbox.client("translate", region_name="eu-west-3", retries={"total_max_attempts": 1})
    refusals = []
    for _ in range(60):
        try:
            client.translate_text(**HELLO, TargetLanguageCode="fr")
        except client.exceptions.TooManyRequestsException as error:
            refusals.append(error.response["Error"]["Message"])
    assert 0 < len(refusals) <= 40
    assert set(refusals) == {"Rate exceeded"}


def test_a_caller_needs_the_right_to_translate_and_for_auto_to_detect(allowed_to, refused):
    code, message = refused(
        allowed_to("translate", "comprehend:*").translate_text, **HELLO, TargetLanguageCode="fr"
    )
    assert code == "AccessDeniedException"
    assert "translate:TranslateText" in message
    auto = {"Text": "Hello my friend", "SourceLanguageCode": "auto", "TargetLanguageCode": "fr"}
    only = allowed_to("translate", "translate:TranslateText")
    assert only.translate_text(**HELLO, TargetLanguageCode="fr")
    code, message = refused(only.translate_text, **auto)
    assert code == "AccessDeniedException"
    assert "comprehend:DetectDominantLanguage" in message
    both = allowed_to("translate", "translate:TranslateText", "comprehend:DetectDominantLanguage")
    assert both.translate_text(**auto)["SourceLanguageCode"] == "en"


def test_with_a_terminology_the_terminology_is_what_iam_judges(
    sandbox, allowed_to, glossary, refused
):
    name, properties = glossary("en,fr\nfriend,COPAIN\n")
    other, _ = glossary("en,fr\nfriend,AMI\n")
    only = allowed_to(
        "translate", "translate:TranslateText", on=properties["Arn"].removesuffix("/LATEST")
    )
    given = {"Text": "Hello my friend", "SourceLanguageCode": "en", "TargetLanguageCode": "fr"}
    assert "COPAIN" in only.translate_text(**given, TerminologyNames=[name])["TranslatedText"]
    for names, resource in (([other], f"terminology/{other}"), ([], "*")):
        code, message = refused(only.translate_text, **given, TerminologyNames=names)
        assert code == "AccessDeniedException"
        assert f"{resource} because" in message


def test_a_state_machine_translates_with_the_rights_of_its_role(run_task):
    given = HELLO | {"TargetLanguageCode": "fr"}
    status, output = run_task("translate:translateText", given, "translate:TranslateText")
    assert status == "SUCCEEDED"
    assert output["TranslatedText"].startswith("⟦fr⟧ ")
    error, cause = run_task("translate:translateText", given, "translate:ListLanguages")
    assert error == "Translate.TranslateException"  # the model has no error for it
    assert "not authorized to perform: translate:TranslateText" in cause


def test_an_error_has_the_name_that_a_state_machine_catches(run_task):
    given = HELLO | {"TargetLanguageCode": "en"}
    error, _ = run_task("translate:translateText", given, "translate:*")
    assert error == "Translate.UnsupportedLanguagePairException"


def test_batch_jobs_are_still_the_emulators(translate, sandbox, unique, role_of, eventually):
    s3, name = sandbox.client("s3"), unique("jobs")
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="in/a.txt", Body=b"Hello")
    started = translate.start_text_translation_job(
        JobName=name,
        InputDataConfig={"S3Uri": f"s3://{name}/in/", "ContentType": "text/plain"},
        OutputDataConfig={"S3Uri": f"s3://{name}/out/"},
        DataAccessRoleArn=role_of("s3:*"),
        SourceLanguageCode="en",
        TargetLanguageCodes=["fr"],
        ClientToken=name,
    )

    def ended():
        job = translate.describe_text_translation_job(JobId=started["JobId"])
        return job["TextTranslationJobProperties"]["JobStatus"] == "COMPLETED"

    assert eventually(ended)
    jobs = translate.list_text_translation_jobs()["TextTranslationJobPropertiesList"]
    assert started["JobId"] in {job["JobId"] for job in jobs}


def test_another_operation_is_refused_by_name(translate, refused):
    code, message = refused(translate.list_parallel_data)
    assert code == "UnknownOperationException"
    assert "ListParallelData" in message
