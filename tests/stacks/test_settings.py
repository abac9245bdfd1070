"""The settings: what is read, what wins, and what a mistake is answered with."""

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from stacks.retail_demographics.settings import RetailDemographics
from stacks.service_chain.settings import ServiceChain
from stacks.settings import CONFIG, load_settings
from stacks.settings.errors import SettingsError


def test_the_default_file_holds_every_setting_and_nothing_else_has_a_default():
    settings = load_settings()
    assert settings.shared.stage == ""
    assert not settings.shared.removal.deletes_data
    assert settings.of(RetailDemographics).smallest_group == 5


def test_a_stage_changes_only_what_it_names():
    plain, prod = load_settings(), load_settings("prod")
    assert prod.shared.stage == "prod"
    assert "HIPAA.Security" in prod.shared.guardrails.packs
    theirs, ours = plain.of(RetailDemographics), prod.of(RetailDemographics)
    assert ours.thresholds == theirs.thresholds


def test_two_stages_never_share_a_stack_name():
    assert load_settings().shared.stack_name("Shop") == "Shop"
    assert load_settings("prod").shared.stack_name("Shop") == "Shop-prod"


def test_the_command_line_wins_over_every_file():
    settings = load_settings("prod", {"retail_demographics.log_days": "7"})
    assert settings.of(RetailDemographics).log_days == 7


def test_a_shared_value_is_every_architectures_unless_its_own_section_says_otherwise():
    overrides = {"retention.log_days": "14", "service_chain.log_days": "3"}
    settings = load_settings(None, overrides)
    assert settings.of(RetailDemographics).log_days == 14
    assert settings.of(ServiceChain).log_days == 3


def test_a_mistake_in_a_shared_value_is_told_once():
    with pytest.raises(SettingsError) as caught:
        load_settings(None, {"retention.log_days": "6"})
    assert str(caught.value).startswith("-c: retention.log_days is 6; allowed: one of 1, 3, 5,")
    assert "\n" not in str(caught.value)


def test_text_on_the_command_line_needs_no_quotes():
    settings = load_settings(None, {"retail_demographics.time_zone": "Europe/Paris"})
    assert settings.of(RetailDemographics).time_zone == "Europe/Paris"


def test_a_quota_can_be_set_for_one_region():
    settings = load_settings(None, {"quotas.detect_faces_per_second.eu-central-1": "20"})
    quotas = settings.shared.quotas.detect_faces_per_second
    assert quotas["eu-central-1"] == 20
    assert "eu-central-2" not in quotas
    assert quotas["default"] == 5


@pytest.mark.parametrize("one_key", ["data_is_disposable", "destroy_deletes_data"])
def test_one_deletion_key_deletes_nothing(one_key):
    assert not load_settings(None, {f"removal.{one_key}": "true"}).shared.removal.deletes_data


def test_both_deletion_keys_delete():
    both = {"removal.data_is_disposable": "true", "removal.destroy_deletes_data": "true"}
    assert load_settings(None, both).shared.removal.deletes_data


MISTAKES = {
    "alarms.errors=0": "alarms.errors is 0; allowed: a whole number from 1 to 10000; change",
    "alarms.errors=1.5": "alarms.errors is 1.5; allowed: a whole number",
    "alarms.errors=many": "alarms.errors is 'many'; allowed: a whole number",
    "alarms.eror=1": "alarms.eror is not a setting; allowed: email, .*; did you mean errors",
    "alarm.errors=1": "alarm is not a setting; allowed: alarms, .*; did you mean alarms",
    "alarms.email=nobody": "alarms.email is 'nobody'; allowed: text that matches",
    "alarms=3": "alarms is 3; allowed: a table",
    "stage.name=x": "stage is not a setting",
    "removal.data_is_disposable=yes": "is 'yes'; allowed: true or false",
    "guardrails.packs=['Mine']": "guardrails.packs.0 is 'Mine'; allowed: one of AwsSolutions,",
    "guardrails.packs=[]": r"packs is \[\]; allowed: a list of at least one rule pack, each once",
    "guardrails.packs=['Serverless', 'Serverless']": "allowed: a list of at least one rule pack",
    "retail_demographics.log_days=6": "is 6; allowed: one of 1, 3, 5, 7,",
    "retail_demographics.time_zone=Mars": "is 'Mars'; allowed: an IANA time zone",
    "retail_demographics.quota_share=nan": "is nan; allowed: a number from 0.01 to 1",
    "retail_demographics.thresholds.age=101": "is 101; allowed: a number from 0 to 100",
    "retail_demographics.thresholds.mood=1": "mood is not a setting; allowed: age, beard",
    "retail_demographics.age_bands=[{name='a', from_age=3}]": "allowed: bands of different names",
    "retail_demographics.age_bands=[{name='a', from_age=-3}]": "from_age is -3; allowed: a whole",
    "service_chain.analyze=some": "is 'some'; allowed: one of all, source, targets, none",
    "service_chain.translate_to=['es', 'es']": "allowed: a list of languages, each once",
    "service_chain.translate_to=['Spanish']": "translate_to.0 is 'Spanish'; allowed: text that",
    "retail_demographics.time_zone=Europe/Kyiv": r"that Athena knows.*did you mean Europe/Kiev\?",
    "retail_demographics.time_zone=localtime": "is 'localtime'; allowed: an IANA time zone",
    "retail_demographics.time_zone=EST": "is 'EST'; allowed: an IANA time zone",
    "service_chain.translate_to=['xx']": r"translate_to.0 is 'xx'; allowed: a language that Amazon",
    "service_chain.translate_to=['fr-FR']": r"is 'fr-FR'; .*did you mean fr-CA\?.*: af, .*zh-TW;",
    "service_chain.voices={xx='Joanna'}": "voices.xx is 'xx'; allowed: a language that Amazon Tra",
    "service_chain.voices={en='Nobody'}": r"for en a standard voice .*reads it: Aditi, Amy, ",
    "service_chain.voices={en='Vicki'}": r"for en a standard voice .*reads it: Aditi, Amy, ",
    "service_chain.voices={en='Danielle'}": "for en a standard voice",  # a neural one
    "service_chain.voices={ca='Arlet'}": "for ca a standard voice.*there is none, leave",
    "service_chain.identify_among=['en-US', 'xx-XX']": "among.1 is 'xx-XX'; allowed: a language",
    "service_chain.identify_among=['en-US', 'sv-SE']": "is 'sv-SE'; allowed: a language that",
    "service_chain.language=xx-XX": "a language as Transcribe names it, such as en-US, .*: one of",
    "service_chain.language=eu-ES": "translate_to only with a language that .*it lacks eu: empty",
    "service_chain.identify_among=['en-US']": r"allowed: no language, or two and more such as",
    "service_chain.vocabulary=shop": "service_chain does not fit together; allowed: a vocabulary",
    "service_chain.language=en": "allowed: a language as Transcribe names it, such as en-US",
    "service_chain.execution_hours=200": "allowed: at most 1250 times reconcile_seconds within",
    "service_chain.reconcile_seconds=5": "is 5; allowed: a whole number from 10 to 1800",
    "project.tags={'aws:x'='y'}": "tags.aws:x is 'aws:x'; allowed: a tag's key of 1 to 128 letters",
    "project.tags={'AWS:x'='y'}": "allowed: a tag's key",
    "project.tags={''='y'}": "allowed: a tag's key",
    "project.tags={'a#b'='y'}": "allowed: a tag's key",
    "project.tags={a='what?'}": r"tags.a is 'what\?'; allowed: a tag's value of at most 256",
    "project.tags={Team='a', team='b'}": "allowed: at most 50 tags whose keys differ by more than",
    "quotas.translate_text_per_second=0": "is 0; allowed: a number from 1 to 5000",
    "quotas.detect_faces_per_second.us=3": "us is 'us'; allowed: text that matches",
    "quotas.detect_faces_per_second.us-east-1=0": "us-east-1 is 0; allowed: a number from 1",
}


@pytest.mark.parametrize("override", MISTAKES)
def test_a_mistake_names_key_value_and_what_is_allowed(override):
    key, _, value = override.partition("=")
    with pytest.raises(SettingsError, match=f"^-c: {re.escape(key.split('.')[0])}") as caught:
        load_settings(None, {key: value})
    assert re.search(MISTAKES[override], str(caught.value))
    assert "\n" not in str(caught.value)


def test_a_voice_is_needed_to_speak():
    with pytest.raises(SettingsError, match="allowed: speak only with a voice"):
        load_settings(None, {"service_chain.speak": "true", "service_chain.translate_to": "['it']"})


@pytest.mark.parametrize(
    ("changes", "allowed"),
    [
        ({"analyze": "targets", "translate_to": "[]"}, "analyze targets only with translate_to"),
        ({"analyze": "targets", "translate_to": "['pl']"}, "comprehend only with a text in a lang"),
        ({"analyze": "source", "language": "pl-PL"}, "comprehend only with a text in a language"),
        ({"transcribe": "false", "language": "eu", "translate_to": "[]"}, "a language that Amazon"),
        (
            {"transcribe": "false", "identify_among": "['en-US', 'es-US']"},
            "identify_among and vocabulary only while transcribe is true",
        ),
        ({"terminology": "shop", "translate_to": "[]"}, "a terminology only with translate_to"),
    ],
)
def test_settings_that_have_no_use_for_one_another_are_refused(changes, allowed):
    with pytest.raises(SettingsError, match=f"does not fit together; allowed: {allowed}"):
        load_settings(None, {f"service_chain.{key}": value for key, value in changes.items()})


@pytest.mark.parametrize(
    "changes",
    [
        {"analyze": "targets", "translate_to": "[]", "comprehend": "false"},
        {"language": "pl-PL"},
        {"language": "eu-ES", "translate_to": "[]", "comprehend": "false"},
        {"transcribe": "false", "language": "en"},
        {"identify_among": "['en-US', 'de-DE']"},
        {"speak": "true", "voices": "{fr-CA = 'Chantal', fr = 'Lea'}"},
    ],
)
def test_settings_that_fit_are_taken(changes):
    load_settings(None, {f"service_chain.{key}": value for key, value in changes.items()})


@pytest.fixture
def config(tmp_path: Path) -> Path:
    folder = tmp_path / "config"
    folder.mkdir()
    (folder / "default.toml").write_bytes((CONFIG / "default.toml").read_bytes())
    return folder


def test_a_mistake_names_the_file_that_it_is_in(config):
    (config / "blue.toml").write_text("[alarms]\nerrors = 0\nthrottles = 0\n")
    with pytest.raises(SettingsError) as caught:
        load_settings("blue", config=config)
    lines = str(caught.value).splitlines()
    assert [line.partition(" is ")[0] for line in lines] == [
        "config/blue.toml: alarms.errors",
        "config/blue.toml: alarms.throttles",
    ]


def test_a_setting_that_is_missing_is_named(config):
    text = (config / "default.toml").read_text()
    (config / "default.toml").write_text(text.replace("smallest_group = 5\n", ""))
    with pytest.raises(SettingsError, match=r"retail_demographics.smallest_group is missing"):
        load_settings(config=config)


def test_a_file_that_is_not_toml_is_named_with_its_line(config):
    (config / "blue.toml").write_text("[alarms\n")
    with pytest.raises(SettingsError, match=r"config/blue.toml: not TOML: .*line 1"):
        load_settings("blue", config=config)


@pytest.mark.parametrize("stage", ["dev", "default", "../config/prod", "Prod"])
def test_an_unknown_stage_lists_those_there_are(stage):
    with pytest.raises(SettingsError, match="has no file; allowed: prod"):
        load_settings(stage)


def test_every_key_of_the_default_file_says_what_it_means():
    lines = (CONFIG / "default.toml").read_text().splitlines()
    bare = [
        line
        for before, line in pairwise(lines)
        if re.match(r"[a-z_]+ = ", line) and not before.startswith("#")
    ]
    # These stand in tables that say at their head what each key means.
    sections = tomllib.loads("\n".join(lines)).values()
    tables = ("thresholds", "classification")
    known = {key for section in sections for name in tables for key in section.get(name, ())}
    assert {line.split(" = ")[0] for line in bare} <= known | {"default"}
