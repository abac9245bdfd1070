"""Choosing demos by name."""

import pytest

from demos.__main__ import chosen, demos


def test_every_demo_is_found_by_its_folder():
    assert demos()["RetailDemographics"] == "retail_demographics"
    assert demos()["ServiceChain"] == "service_chain"


@pytest.mark.parametrize("wanted", ["RetailDemographics", "RetailDemographics,", "all"])
def test_demos_are_chosen_by_name(wanted):
    assert "RetailDemographics" in chosen(wanted)


@pytest.mark.parametrize("wanted", ["Retail", "", "RetailDemographics,Nothing"])
def test_an_unknown_name_says_which_there_are(wanted):
    with pytest.raises(ValueError, match=f"choose from {', '.join(demos())} or all"):
        chosen(wanted)
