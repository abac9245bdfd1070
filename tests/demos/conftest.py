"""Made-up results of each demo: pages can be tested without a sandbox."""

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from testing import approvals, chain_run, lake_day, shop_day, training_story
from testing.page_reader import PageReader, read_page


@pytest.fixture(scope="session")
def account():
    return shop_day.account()


@pytest.fixture(scope="session")
def day(account):
    return shop_day.shop_day(account)


@pytest.fixture(scope="session")
def bad_day(day, account):
    return replace(day, account=replace(account, frames_lost=("Bergen/door/1.jpg",)))


@pytest.fixture(scope="session")
def chain_account():
    return chain_run.chain_account()


@pytest.fixture(scope="session")
def chain(chain_account):
    return chain_run.chain_run(chain_account)


@pytest.fixture(scope="session")
def lake():
    return lake_day.made_up()


@pytest.fixture(scope="session")
def training():
    return training_story.story()


@pytest.fixture(scope="session")
def hosting():
    return approvals.approvals()


@pytest.fixture(scope="session")
def read() -> Callable[[str], PageReader]:
    """Read a page as a browser would."""
    return read_page


@pytest.fixture(scope="session")
def drawn() -> Callable[[str], ElementTree.Element]:
    """Parse a drawing of ours."""

    def parse(svg: str) -> ElementTree.Element:
        return ElementTree.fromstring(svg)  # noqa: S314 - our own drawing

    return parse
