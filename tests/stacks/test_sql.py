"""The SQL of every architecture: what its views declare, and what the grammar of Trino says."""

import re
from typing import Any

import pytest

from sandbox.services.athena.engine.grammar import read
from sandbox.services.athena.engine.session import Session
from testing.oracles import verdicts
from testing.shelf import Shelf
from testing.templates import of_type, views_of

pytestmark = pytest.mark.about("AWS::Glue::Table")


def test_every_view_declares_what_its_sql_gives(found):
    shelf: Any = Shelf(found)
    session = Session(shelf, shelf, *shelf.databases())
    views = list(views_of(found))
    assert views
    for table, definition in views:
        given = {n: str(kind) for n, kind in session.describe(read(definition["originalSql"]))}
        declared = {column["name"]: column["type"] for column in definition["columns"]}
        assert list(given) == list(declared), table["Name"]
        assert {n: _wide(kind) for n, kind in given.items()} == declared, table["Name"]
        assert [c["Name"] for c in table["StorageDescriptor"]["Columns"]] == list(declared)


def _wide(kind):
    """Write a text of known length as the view does, as text of any; others alike."""
    kind = re.sub(r"^decimal\((\d+), (\d+)\)$", r"decimal(\1,\2)", kind)
    return re.sub(r"^timestamp$", "timestamp(3)", re.sub(r"^varchar\(\d+\)$", "varchar", kind))


def test_the_grammar_of_trino_accepts_every_view_and_query(found):
    texts = {table["Name"]: definition["originalSql"] for table, definition in views_of(found)}
    for query in of_type(found, "AWS::Athena::NamedQuery").values():
        texts[query["Name"]] = query["QueryString"]
    *judged, wrong = verdicts("trino.mjs", [*texts.values(), "SELECT FROM nowhere WHERE"])
    assert dict(zip(texts, judged, strict=True)) == {name: [] for name in texts}
    assert wrong
