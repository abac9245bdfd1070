"""Comprehend, with every reply held against its model."""

import pytest


@pytest.fixture(scope="session")
def comprehend(contract):
    return contract("comprehend")
