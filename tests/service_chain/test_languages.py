"""Translate's languages as Comprehend names them."""

import pytest

from service_chain.languages import comprehend_code, has_pii_detection, is_translated


@pytest.mark.parametrize(
    ("language", "code"),
    [
        *[("en", "en"), ("fr-CA", "fr"), ("es-MX", "es"), ("zh", "zh"), ("zh-TW", "zh-TW")],
        *[("pl", None), ("", None), ("fa-AF", None)],
    ],
)
def test_a_variant_is_analysed_as_its_language(language, code):
    assert comprehend_code(language) == code


def test_personal_data_is_found_in_english_and_spanish_only():
    found = [has_pii_detection(language) for language in ("en", "es", "es-MX", "fr", "pl")]
    assert found == [True, True, True, False, False]


def test_translate_knows_the_languages_of_its_page_and_no_others():
    # Transcribe hears these, too, and Translate lacks them.
    assert not [name for name in ("eu", "gl", "ast", "zu", "be", "wo", "") if is_translated(name)]
    assert all(map(is_translated, ("en", "no", "tl", "fa-AF", "fr-CA", "pt-PT", "zh-TW")))
