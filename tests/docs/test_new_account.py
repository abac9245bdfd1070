"""The page about a new account says what the settings come to, by a calculation of its own."""

import re
import tomllib
from pathlib import Path

from app import build_app  # noqa: F401 - first of ours: it chooses the Node that aws_cdk starts
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.capacity import languages_at_once
from stacks.settings import load_settings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "new-account.md"


def rows():
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip(" `") for cell in line.split("|")[1:-1]] for line in lines if "|" in line]
    return {row[0]: row[1:] for row in cells}


def test_what_fits_together_is_a_sum_of_settings():
    config = tomllib.loads((ROOT / "config" / "default.toml").read_text(encoding="utf-8"))
    granted = config.pop("quotas")["concurrent_functions"]
    parts = {
        section.title().replace("_", ""): values["concurrent_functions"]
        for section, values in config.items()
        if "concurrent_functions" in values
    }
    assert {"RetailDemographics", "ServiceChain"} <= parts.keys()
    found, total = rows(), sum(parts.values())
    for name, part in parts.items():
        assert found[name][:2] == [str(part), str(granted - part)]
    assert found["all of them"][:2] == [str(total), str(granted - total)]
    assert found["functions at once"][:2] == [str(granted), f"{total} by all together"]


def test_documents_share_the_open_map_runs_by_their_languages_at_once():
    at_once = languages_at_once(load_settings().of(ServiceChain))
    granted, taken, beyond = rows()["open Map Runs"]
    assert granted == "1,000"
    assert taken == f"{at_once} by a document of `ServiceChain"
    assert re.search(rf"with {1000 // at_once} documents", beyond)
