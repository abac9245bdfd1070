"""The list of architectures."""

import re

import pytest

from stacks.registry import ARCHITECTURES, known, settings_of, snake_case, stack_of


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_every_name_leads_to_a_stack_of_that_name(name):
    assert stack_of(name).__name__ == f"{name}Stack"
    assert settings_of(name).__name__ == name


def test_an_unknown_name_lists_those_there_are():
    with pytest.raises(ValueError, match=f"Foo: no such .* allowed: {', '.join(ARCHITECTURES)}"):
        known(["Foo"])


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_name_is_pascal_case_and_its_module_is_the_same_in_snake_case(name):
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    assert ARCHITECTURES[name].package == f"stacks.{snake}"
    assert snake_case(name) == snake
