"""List prices, read from ``prices.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("prices.toml")


@dataclass(frozen=True, slots=True)
class Price:
    """What ``per`` units cost, in US dollars, at least and at most, and who says so."""

    title: str
    low: float
    high: float
    per: float
    unit: str
    source: str
    date: date
    note: str = ""

    def least(self, quantity: float) -> float:
        """Return the dollars for a quantity at the lower price."""
        return self.low * quantity / self.per

    def most(self, quantity: float) -> float:
        """Return the dollars for a quantity at the higher price."""
        return self.high * quantity / self.per


@cache
def prices() -> Mapping[str, Price]:
    """Read every price."""
    entries = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {name: _price(entry) for name, entry in entries.items() if isinstance(entry, dict)}


def _price(entry: dict[str, Any]) -> Price:
    fields = dict(entry)
    if "usd" in fields:
        fields["low"] = fields["high"] = fields.pop("usd")
    return Price(**fields)
