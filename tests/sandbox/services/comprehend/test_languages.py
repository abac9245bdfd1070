"""Languages: Comprehend names many more than it analyses, and refuses the others."""

import pytest

TEXTS = {
    "eu": "Kaixo, zer moduz zaude gaur goizean? Lagunekin mendira joango naiz bihar.",
    "sv": "Hej, jag heter Anna och jag bor i en liten stad norr om Stockholm.",
    "nl": "Ik woon al tien jaar in Amsterdam en werk bij een kleine bakkerij.",
    "no": "Jeg heter Kari, og jeg bor i en liten by på vestkysten av Norge.",
    "uk": "Доброго дня, я хочу замовити столик на двох на сьогодні ввечері.",
    "en": "Good morning, I would like to book a table for two for this evening.",
    "es": "Me llamo Lucía y vivo en Madrid desde hace diez años.",
    "pt": "Olá, tudo bem? Gostaria de reservar uma mesa para duas pessoas.",
}


@pytest.fixture(scope="module")
def comprehend(contract):
    return contract("comprehend")


@pytest.mark.parametrize("code", TEXTS)
def test_a_text_is_named_after_its_own_language(comprehend, code):
    found = comprehend.detect_dominant_language(Text=TEXTS[code])["Languages"]
    assert found[0]["LanguageCode"] == code


@pytest.mark.parametrize("text", ["hello", "Thank you very much", "Olá, tudo bem?"])
def test_a_few_words_are_of_one_of_the_usual_languages(comprehend, text):
    found = comprehend.detect_dominant_language(Text=text)["Languages"]
    assert found[0]["LanguageCode"] in {"en", "es", "fr", "de", "it", "pt"}


@pytest.mark.parametrize("operation", ["sentiment", "entities", "key_phrases", "pii_entities"])
def test_a_language_that_is_named_and_not_analysed_is_refused(comprehend, refused, operation):
    code, message = refused(
        getattr(comprehend, f"detect_{operation}"), Text=TEXTS["eu"], LanguageCode="eu"
    )
    assert code == "ValidationException"
    assert "Member must satisfy enum value set" in message
    if operation != "pii_entities":
        batch = getattr(comprehend, f"batch_detect_{operation}")
        assert refused(batch, TextList=[TEXTS["eu"]], LanguageCode="eu")[0] == code
