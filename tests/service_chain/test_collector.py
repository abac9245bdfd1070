"""The collector rests while something large is made, and goes on whatever becomes of that."""

import gc

import pytest

from service_chain.collector import collector_at_rest


@pytest.fixture(autouse=True)
def collector():
    gc.enable()
    yield
    gc.enable()


def test_it_rests_and_goes_on():
    with collector_at_rest():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_goes_on_after_an_error():
    @collector_at_rest()
    def fails():
        assert not gc.isenabled()
        raise ValueError("no account")

    for _ in range(2):
        with pytest.raises(ValueError, match="no account"):
            fails()
        assert gc.isenabled()


def test_whoever_stopped_it_finds_it_stopped():
    gc.disable()
    with collector_at_rest():
        pass
    assert not gc.isenabled()
