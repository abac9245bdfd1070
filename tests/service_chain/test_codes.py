"""The tables of codes: the settings', the functions' and the judges' are the same."""

import re
from zoneinfo import available_timezones

import botocore.session
import pytest

from sandbox.language.detection import TRANSLATED as TRANSLATED_HERE
from sandbox.services.polly.voices import VOICES as VOICES_HERE
from service_chain import languages, transcript
from stacks.retail_demographics.settings import TIME_ZONES
from stacks.service_chain import codes


def _enumerated(service, shape):
    """Read what AWS's own model of a service enumerates."""
    model = botocore.session.get_session().get_service_model(service)
    return set(model.shape_for(shape).enum)


def test_the_functions_know_the_languages_that_the_settings_may_name():
    assert set(codes.TRANSLATED) == set(TRANSLATED_HERE)
    known = [code for code in codes.TRANSLATED if languages.is_translated(code)]
    assert known == list(codes.TRANSLATED)
    assert not [code for code in codes.TRANSCRIBED if languages.is_translated(code) and code not in
                codes.TRANSLATED]  # fmt: skip
    for code in {*codes.TRANSLATED, *codes.TRANSCRIBED}:
        assert codes.is_analyzed(code) == (languages.comprehend_code(code) is not None), code
        assert codes.base_of(code) == transcript.base_of(code)


def test_the_tables_are_those_of_awss_models():
    assert set(codes.ANALYZED) == _enumerated("comprehend", "LanguageCode")
    assert set(codes.TRANSCRIBED) == _enumerated("transcribe", "LanguageCode")
    assert {"sv-SE", "vi-VN"} == set(codes.TRANSCRIBED) - set(codes.IDENTIFIED)
    assert {name for names in codes.VOICES.values() for name in names} <= _enumerated(
        "polly", "VoiceId"
    )


def test_a_voice_is_one_that_needs_no_engine_named():
    standard = {name for name, voice in VOICES_HERE.items() if "standard" in voice.engines}
    assert {name for names in codes.VOICES.values() for name in names} == standard
    assert len(standard) == 60  # as Polly's page counts them


@pytest.mark.parametrize(("language", "voice"), [("fr-CA", "Lea"), ("zh-TW", "Zhiyu")])
def test_a_voice_may_read_another_variant_of_its_language(language, voice):
    assert voice in codes.voices_for(language)


def test_the_time_zones_are_known_here_as_well():
    # A newer release of the time zone database than Athena's may have more, and loses none.
    assert available_timezones() >= TIME_ZONES
    assert not {"EST", "HST", "MST", "ROC", "localtime", "Europe/Kyiv"} & TIME_ZONES
    assert all(re.fullmatch(r"[\w+/-]+", zone) for zone in TIME_ZONES)
