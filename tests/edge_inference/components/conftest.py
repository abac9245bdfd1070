"""What tests of the device's code share."""

from pathlib import Path

import pytest

from edge_inference.spool import Spool


@pytest.fixture
def make_spool(tmp_path):
    """Open spools in a folder of the test's; all are closed at its end."""
    opened = []

    def make(name: str = "spool.db", *, largest_bytes: int = 10_000_000, folder: Path = tmp_path):
        opened.append(Spool(folder / name, largest_bytes=largest_bytes, reserve_bytes=4096))
        return opened[-1]

    yield make
    for spool in opened:
        spool.close()
