"""Translate, with every reply held against its model."""

import sys
from pathlib import Path

import pytest

from sandbox.services.translate import apertium

HERE = Path(__file__).parent
ENGLISH_TO_SPANISH = ("en", "es")


@pytest.fixture(scope="session")
def translate(contract):
    return contract("translate")


def modes():
    """Our stand-in speaks the stream format everywhere; the real engine where it is installed."""
    yield pytest.param(None, id="stand-in")
    if found := apertium.pairs().get(ENGLISH_TO_SPANISH):
        yield pytest.param(found, id="installed")


@pytest.fixture(scope="module", params=modes())
def mode(request, tmp_path_factory):
    """Give the mode file of a pipeline from English to Spanish."""
    if request.param:
        return request.param
    folder = tmp_path_factory.mktemp("modes")
    program = folder / "stand-in"
    program.write_text(f"#!{sys.executable}\n{(HERE / 'stand_in.py').read_text()}")
    program.chmod(0o700)
    made = folder / "eng-spa.mode"
    made.write_text(f"{program} | {program} $1")
    return made


@pytest.fixture
def glossary(translate, unique):
    """Import a terminology; gives its name. It is deleted with the test."""
    made = []

    def make(content, **how):
        name = unique("glossary")
        data = {"File": content.encode(), "Format": "CSV"} | how
        reply = translate.import_terminology(
            Name=name, MergeStrategy="OVERWRITE", TerminologyData=data
        )
        made.append(name)
        return name, reply["TerminologyProperties"]

    yield make
    for name in made:
        translate.delete_terminology(Name=name)
