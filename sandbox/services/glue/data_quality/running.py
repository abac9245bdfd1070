"""Hold a table of the catalog to rulesets, as the role that a run was given."""

import contextvars
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from sandbox.core import emulator, in_flight
from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.athena.engine import grammar
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.session import Session
from sandbox.services.glue.catalog import CallersStore, GlueCatalog
from sandbox.services.glue.data_quality import rights, rulesets
from sandbox.services.glue.data_quality.evaluation import evaluate
from sandbox.services.glue.data_quality.runs import RECORDS, Run, result
from sandbox.services.glue.data_quality.tables import PRIMARY, Table

_log = logging.getLogger(__name__)
_LIBRARY = "jars/aws-glue-ml-data-quality-etl.jar"  # of AWS's, which the role has to read


class RunError(Exception):
    """A run that cannot be carried out: what Glue says about it."""


def begin(run: Run) -> None:
    """Have a run done in the account and Region of the current request."""
    context = contextvars.copy_context()
    threading.Thread(
        target=lambda: context.run(_do, run), name="glue-data-quality", daemon=True
    ).start()


def _do(run: Run) -> None:
    with in_flight.counted("data quality run"):
        state, error = "SUCCEEDED", ""
        late = CLOCK.later(run.minutes * 60, lambda: _end(run))
        try:
            if run.state == "STARTING":
                run.become("RUNNING")
            with emulator.acting_as(run.credentials["AWS_ACCESS_KEY_ID"]):
                _evaluate(run)
        except (RunError, AthenaError, duckdb.Error) as failed:
            state, error = "FAILED", str(failed)
        except Exception as unforeseen:  # fails this run, not the sandbox
            _log.exception("data quality run %s", run.run_id)
            state, error = "FAILED", f"Internal service error: {unforeseen}"
        finally:
            late.cancel()
        if run.state == "STOPPING":  # by somebody, or because its time was over
            state, error = "TIMEOUT" if run.error else "STOPPED", run.error
            run.result_ids.clear()
        run.become(state, error)


def _end(run: Run) -> None:
    if not run.is_over:
        run.become("STOPPING", f"The run did not end within {run.minutes} minutes")
        run.stop()


def _evaluate(run: Run) -> None:
    _launch()
    _require("glue:GetDataQualityRulesetEvaluationRun", rights.every())
    for name in run.names:
        _require("glue:GetDataQualityRuleset", rights.named(name))
    with _loaded(run) as table:
        results = [
            result(run, name, [(r, evaluate(r, table)) for r in rulesets.rules_of(name)])
            for name in run.names
        ]
    for name in run.names:
        _require("glue:PublishDataQuality", rights.named(name))
    for each in results:
        RECORDS.results[each["ResultId"]] = each
        run.result_ids.append(each["ResultId"])


def _launch() -> None:
    bucket = f"aws-glue-ml-data-quality-assets-{responses.get_region()}"
    arn = f"arn:{emulator.PARTITION}:s3:::{bucket}/{_LIBRARY}"
    if denied := emulator.deny_reason("s3:GetObject", arn):
        raise RunError(
            f"LAUNCH ERROR | Error downloading from S3 for bucket: {bucket}, key: {_LIBRARY}. "
            f"Access Denied: {denied}"
        )


def _require(action: str, arn: str) -> None:
    if denied := emulator.deny_reason(action, arn):
        raise RunError(f"Exception in User Class: AccessDeniedException: {denied}")


@contextmanager
def _loaded(run: Run) -> Iterator[Table]:
    """Read the whole table, as Athena's engine reads it, into the relation ``primary``."""
    database, name = run.table
    session = Session(
        GlueCatalog(),
        CallersStore(None, {}),
        database,
        started=lambda con: setattr(run, "connection", con),
    )
    tree = grammar.read(f'SELECT * FROM "{database}"."{name}"')  # noqa: S608 (names of the catalog)
    with session.running(tree) as (con, compiled):
        con.execute(f'CREATE TEMP TABLE "{PRIMARY}" AS {compiled.sql}')
        try:
            yield Table(con, CLOCK.now())
        finally:
            run.connection = None
