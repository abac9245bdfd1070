"""Tables under evaluation, made of rows."""

import datetime as dt

import pytest

from sandbox.services.athena.engine import connection
from sandbox.services.glue.data_quality.evaluation import evaluate
from sandbox.services.glue.data_quality.parser import parse
from sandbox.services.glue.data_quality.tables import Table

NOW = dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC)


@pytest.fixture(scope="session")
def judge():
    """Hold rows to one rule; gives the outcome."""

    def judged(columns, rows, rule):
        shape = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
        with connection.connect() as con:
            con.execute(f'CREATE TEMP TABLE "primary" ({shape})')
            if rows:
                marks = ", ".join("?" for _ in columns)
                con.executemany(f'INSERT INTO "primary" VALUES ({marks})', rows)
            (found,) = parse(f"Rules = [ {rule} ]")
            return evaluate(found, Table(con, NOW))

    return judged
