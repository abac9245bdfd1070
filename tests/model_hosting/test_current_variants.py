"""What an endpoint says of itself is read as weights and versions, whatever its name."""

import pytest

from model_hosting.current_variants import read_variants


@pytest.mark.parametrize(
    ("endpoint", "config", "versions"),
    [
        ("hosting", "hosting-v3-0a1b", {"Champion": "3"}),
        ("hosting", "hosting-v3-v5-0a1b", {"Champion": "3", "Challenger": "5"}),
        ("hosting-v2", "hosting-v2-v3-0a1b", {"Champion": "3"}),
        ("hosting", "made-by-hand", {}),
    ],
    ids=["one", "two", "name-like-a-version", "by-hand"],
)
def test_versions_are_in_the_name_of_the_configuration(endpoint, config, versions):
    described = {"EndpointName": endpoint, "EndpointConfigName": config}
    assert read_variants(described).versions == versions


def test_a_variant_that_is_just_coming_has_no_weight():
    described = {"ProductionVariants": [{"VariantName": "Champion"}]}
    assert read_variants(described).weights == {"Champion": 0.0}
