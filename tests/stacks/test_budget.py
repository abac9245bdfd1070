"""One budget for all: what is deployed together fits what the account grants."""

import pytest

from app import build_app
from stacks.registry import ARCHITECTURES, settings_of
from stacks.settings import SettingsError, load_settings
from stacks.settings.budget import functions_taken, require_functions
from testing.templates import in_region, of_type

NEW_ACCOUNT = 10


def sections(**overrides):
    settings = load_settings(None, overrides)
    return {name: settings.of(settings_of(name)) for name in ARCHITECTURES}


def with_feeders(name):
    """Name an architecture and all that feed it, directly or not."""
    feeders = set(ARCHITECTURES[name].inputs.values())
    return {name}.union(*map(with_feeders, feeders))


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_a_new_account_takes_each_architecture_with_all_that_feed_it_as_they_are(name):
    assert load_settings().shared.quotas.concurrent_functions == NEW_ACCOUNT
    taken = functions_taken(sections())
    assert sum(taken.get(each, 0) for each in with_feeders(name)) <= NEW_ACCOUNT


def test_what_does_not_fit_together_is_refused_and_each_alone_is_not():
    with pytest.raises(SettingsError) as caught:
        build_app(
            only=["RetailDemographics", "ServiceChain"],
            overrides={"service_chain.concurrent_functions": 8},
        )
    assert str(caught.value) == (
        "concurrent_functions are 3 (RetailDemographics) + 8 (ServiceChain) = 11; allowed: at "
        "most 10 together, which is quotas.concurrent_functions; lower concurrent_functions of "
        "one, name fewer architectures, or raise the quota once AWS has raised it"
    )
    for name, section in sections(**{"service_chain.concurrent_functions": "8"}).items():
        require_functions({name: section}, NEW_ACCOUNT)


def test_what_is_deployed_without_a_name_is_everything(monkeypatch):
    too_much = {"service_chain.concurrent_functions": 9}
    monkeypatch.setattr("app.deploys", lambda: True)
    with pytest.raises(SettingsError, match="at most 10 together"):
        build_app(overrides=too_much)
    monkeypatch.setattr("app.deploys", lambda: False)
    assert build_app(overrides=too_much)


def test_one_that_is_too_large_alone_is_refused():
    with pytest.raises(SettingsError, match="= 11; allowed: at most 10 together"):
        build_app(
            only=["RetailDemographics"],
            overrides={"retail_demographics.concurrent_functions": 11},
        )


def test_a_raised_quota_takes_more():
    found = sections(**{"service_chain.concurrent_functions": "100"})
    total = sum(functions_taken(found).values())
    require_functions(found, total)
    with pytest.raises(SettingsError, match=f"at most {total - 1} together"):
        require_functions(found, total - 1)


@pytest.mark.parametrize("name", ARCHITECTURES)
@pytest.mark.parametrize("region", ["us-east-1", "ap-south-2"])
def test_event_sources_keep_within_what_an_architecture_takes(template, name, region):
    feeds = of_type(in_region(template(name), region), "AWS::Lambda::EventSourceMapping")
    most = [feed["ScalingConfig"]["MaximumConcurrency"] for feed in feeds.values()]
    # An API calls its function as often as it is asked, up to the rate of its stage.
    assert most or of_type(template(name), "AWS::ApiGateway::Method")
    assert sum(most) <= functions_taken(sections())[name]


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_nothing_is_reserved_which_a_new_account_would_refuse(template, name):
    for function in of_type(template(name), "AWS::Lambda::Function").values():
        assert "ReservedConcurrentExecutions" not in function
