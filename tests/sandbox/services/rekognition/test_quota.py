"""The rates of Rekognition, and the attributes that a request may name."""

import pytest

from sandbox.core.emulator import ServiceError
from sandbox.core.quotas import read_rate
from sandbox.host.environment import server_environment
from sandbox.services.rekognition import service
from sandbox.services.rekognition.quota import default_rate


def test_the_default_is_50_in_three_regions_and_5_elsewhere():
    assert [default_rate(name) for name in ("us-east-1", "us-west-2", "eu-west-1")] == [50] * 3
    assert default_rate("eu-central-1") == 5


@pytest.mark.parametrize("names", [["SMILES"], ["ALL", "nothing"], ["default"]])
def test_an_unknown_attribute_is_refused(names):
    with pytest.raises(ServiceError) as raised:
        service.wanted_members(names)
    assert raised.value.code == "ValidationException"
    assert "Member must satisfy enum value set" in raised.value.message


def test_a_sandbox_that_is_started_hears_of_the_rate(tmp_path):
    seen = server_environment(
        {"SANDBOX_REKOGNITION_TPS": "2000"},
        port=1,
        iam=True,
        state=tmp_path,
        home=tmp_path,
        path="",
    )
    assert read_rate(seen, service.RATE) == 2000
