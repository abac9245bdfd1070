"""An inspection runs as soon as a template is read, and what stops it stops the gate."""

import json
import threading

import pytest

from guardrails.ahead import Ahead
from guardrails.template_plugin import Templates, Violation

FOUND = Violation("RULE", "is wrong", "It", "Properties")


@pytest.fixture
def template(tmp_path):
    path = tmp_path / "Shop.template.json"
    path.write_text(json.dumps({"Resources": {}}))
    return path


def test_a_template_is_inspected_when_it_is_read_and_not_when_it_is_asked_for(template):
    begun, templates = threading.Event(), Templates()

    def inspect(file):
        begun.set()
        yield FOUND

    ahead = Ahead("Test", inspect, templates)
    (file,) = templates.below(template)
    assert begun.wait(10)
    assert ahead(file) == [FOUND]


def test_what_an_inspection_raises_is_raised_to_who_asks(template):
    def inspect(file):
        yield FOUND
        raise ValueError("no such type")

    templates = Templates()
    ahead = Ahead("Test", inspect, templates)
    (file,) = templates.below(template)
    with pytest.raises(ValueError, match="no such type"):
        ahead(file)
