"""A query that is stopped stops, and takes no more of the machine."""

import threading

import duckdb
import pytest

from sandbox.services.athena.engine.executions import Execution

ENDLESS = "SELECT count(*) FROM range(1000000) a(x), range(1000000) b(y) WHERE x * y % 7 = 8"


@pytest.fixture
def execution():
    begun = Execution(ENDLESS, "primary", "default", "s3://results/", {})
    assert begun.begin()
    yield begun
    begun.over.set()


def test_a_stop_that_comes_before_the_engine_runs_is_not_lost(execution):
    execution.cancel()
    told = []

    def work():
        execution.connection = duckdb.connect()
        try:
            execution.connection.execute(ENDLESS)
        except duckdb.InterruptException as error:
            told.append(error)

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(10)
    assert told
    assert execution.state == "CANCELLED"


def test_a_stop_after_the_connection_closed_changes_nothing(execution):
    execution.connection = duckdb.connect()
    execution.connection.close()
    execution.end("SUCCEEDED")
    execution.cancel()
    assert execution.state == "SUCCEEDED"
