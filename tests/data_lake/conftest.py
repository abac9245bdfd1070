"""What the tests of the lake share: one file through its modeling, against what is true of it."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import duckdb
import pytest

from data_lake.containers import Format, container_of
from data_lake.contract import newest_contracts
from data_lake.modeling import Modeling, set_aside
from data_lake.reasons import SetAside
from runtime.object_versions import ObjectVersion
from testing.lake_function import ENVIRONMENT
from testing.stubs import Stubs, clients_of

ARRIVAL = datetime(2026, 11, 29, 18, tzinfo=UTC)
CONTRACTS = newest_contracts()
MOST_BYTES = 110_000_000


class Modeled(SimpleNamespace):
    """An outcome with its rows read back; whole rows for ``good`` and ``rejects``."""

    @property
    def reasons(self):
        """Count rejects by reason and column."""
        return Counter((row["reason"], row["column_name"] or "") for row in self.rejects)


def rows_of(path):
    """Read a Parquet file as a list of dictionaries, in its own order."""
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        found = con.execute(f"SELECT * FROM read_parquet('{path}', hive_partitioning = false)")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def source_of(key, size=1):
    return ObjectVersion("raw", key, "version", "etag", "0", size, ARRIVAL)


@pytest.fixture
def aws(monkeypatch):
    """Answer the function that takes raw files as a test says, in its own environment."""
    from data_lake import model_files

    clients = clients_of("s3")
    monkeypatch.setattr(model_files, "client", clients.__getitem__)
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    stubs = Stubs(clients)
    with stubs.active():
        yield stubs


@pytest.fixture
def read_rows():
    """Read Parquet files."""
    return rows_of


@pytest.fixture
def arrived():
    """Tell of a raw file as S3 does."""
    return source_of


@pytest.fixture
def model(tmp_path_factory):
    """Model bytes that were dropped under a key, in chunks of some size."""

    def run(key, content, *, contract=None, chunk=65_536, kept=400):
        folder = tmp_path_factory.mktemp("modeling")
        source = source_of(key)
        contract = contract or CONTRACTS[key.partition("/")[0]]
        try:
            container = container_of(key)
            with Modeling(folder, contract, source, timedelta(days=kept)) as modeling:
                if container.format is Format.PARQUET:
                    path = folder / "source.parquet"
                    path.write_bytes(content)
                    modeling.take_parquet(path)
                else:
                    chunks = (content[n : n + chunk] for n in range(0, len(content), chunk))
                    modeling.take_text(chunks, container, MOST_BYTES)
                outcome = modeling.finish()
        except SetAside as why:
            outcome = set_aside(folder, source, why, contract.version)
        return Modeled(
            outcome=outcome,
            good=[row for path in outcome.parts.values() for row in rows_of(path)],
            rejects=rows_of(outcome.rejects) if outcome.rejects else [],
        )

    return run
