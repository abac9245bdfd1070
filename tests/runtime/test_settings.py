"""The environment: read as meant, or refused with what is allowed."""

import pytest

from runtime import settings


def test_settings_are_read():
    environment = {"NAME": " n ", "WHOLE": "5", "NUMBER": "0.5", "TRUTH": "true"}
    assert settings.string(environment, "NAME") == "n"
    assert settings.integer(environment, "WHOLE", at_least=1, at_most=9) == 5
    assert settings.number(environment, "NUMBER", at_least=0, at_most=1) == 0.5
    assert settings.boolean(environment, "TRUTH", default=False) is True


def test_what_is_missing_has_its_default():
    assert settings.integer({}, "X", at_least=1, at_most=9, default=3) == 3
    assert settings.number({}, "X", at_least=0, at_most=1, default=0.5) == 0.5
    assert settings.boolean({}, "X", default=False) is False


@pytest.mark.parametrize("value", ["", "x", "0", "10", "1.5", "-1", "٣", "1_0"])
def test_what_is_no_such_whole_number_is_refused(value):
    with pytest.raises(ValueError, match=r"X is .*; want a whole number from 1 to 9; it comes"):
        settings.integer({"X": value}, "X", at_least=1, at_most=9)


@pytest.mark.parametrize("value", ["", "x", "nan", "inf", "-0.1", "1.1"])
def test_what_is_no_such_number_is_refused(value):
    with pytest.raises(ValueError, match=r"X is .*; want a number from 0 to 1"):
        settings.number({"X": value}, "X", at_least=0, at_most=1)


@pytest.mark.parametrize("value", ["", "True", "1", "yes"])
def test_what_is_neither_true_nor_false_is_refused(value):
    with pytest.raises(ValueError, match=r"X is .*; want true or false"):
        settings.boolean({"X": value}, "X", default=True)


def test_a_missing_name_is_refused():
    for environment in ({}, {"X": " "}):
        with pytest.raises(ValueError, match="X is ''; want a name"):
            settings.string(environment, "X")
