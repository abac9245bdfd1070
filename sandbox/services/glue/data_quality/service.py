"""The operations of Glue Data Quality on tables of the catalog."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import in_flight, patching
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.glue import operations, pages, roles
from sandbox.services.glue.data_quality import rulesets, running
from sandbox.services.glue.data_quality.runs import RECORDS, Run
from sandbox.services.glue.operations import Request
from sandbox.services.glue.upstream import glue

_OPTIONS: Mapping[str, Any] = {
    "CloudWatchMetricsEnabled": False,
    "CompositeRuleEvaluationMethod": "COLUMN",
}


def install() -> None:
    """Serve the operations, which the emulator does not have."""
    in_flight.watch("Glue data quality run", RECORDS.under_way)
    operations.add(
        {
            "CreateDataQualityRuleset": rulesets.create,
            "UpdateDataQualityRuleset": rulesets.update,
            "GetDataQualityRuleset": rulesets.get,
            "DeleteDataQualityRuleset": rulesets.delete,
            "ListDataQualityRulesets": rulesets.list_,
            "StartDataQualityRulesetEvaluationRun": _start,
            "GetDataQualityRulesetEvaluationRun": lambda request: _run(request).described(),
            "CancelDataQualityRulesetEvaluationRun": _cancel,
            "ListDataQualityRulesetEvaluationRuns": _list_runs,
            "GetDataQualityResult": _result,
            "ListDataQualityResults": _list_results,
        }
    )
    patching.wrap(glue, "reset", _resetting, because="a reset forgets rulesets, runs and results")


def _start(request: Request) -> Any:
    if why := _refusal(request):
        raise ServiceError("InvalidInputException", why)
    for name in request["RulesetNames"]:
        rulesets.found(name)
    token = request.get("ClientToken")
    if token and token in RECORDS.tokens:
        return {"RunId": RECORDS.tokens[token]}
    run = Run(request, roles.credentials(request["Role"], session="GlueJobRunnerSession"))
    if token:
        RECORDS.tokens[token] = run.run_id
    RECORDS.add(run)
    running.begin(run)
    return {"RunId": run.run_id}


def _refusal(request: Request) -> str | None:
    """Say what of a run cannot be done here."""
    table = request["DataSource"].get("GlueTable")
    if table is None or len(request["DataSource"]) != 1:
        return "the sandbox evaluates a GlueTable, and no other data source"
    if unread := {"ConnectionName", "AdditionalOptions"} & {k for k, v in table.items() if v}:
        return f"the sandbox reads no {min(unread)} of a GlueTable"
    own = responses.get_account_id()
    if table.get("CatalogId") not in (None, own):
        return f"catalog {table['CatalogId']} is not the sandbox's; the only one is {own}"
    if request.get("AdditionalDataSources"):
        return "the sandbox evaluates one table, and reads no AdditionalDataSources"
    for name, value in (request.get("AdditionalRunOptions") or {}).items():
        if value != _OPTIONS.get(name):
            return f"the sandbox cannot carry out the option {name} = {value} of a run"
    return None


def _run(request: Request) -> Run:
    run: Run | None = RECORDS.runs.get(request["RunId"])
    if run is None:
        message = f"Cannot find Data Quality Ruleset Evaluation Run {request['RunId']}."
        raise ServiceError("EntityNotFoundException", message)
    return run


def _cancel(request: Request) -> None:
    run = _run(request)
    if run.is_over:
        raise ServiceError("InvalidInputException", f"Run {run.run_id} is {run.state} already.")
    run.become("STOPPING")
    run.stop()


def _result(request: Request) -> Any:
    found = RECORDS.results.get(request["ResultId"])
    if found is None:
        message = f"Cannot find Data Quality Result {request['ResultId']}."
        raise ServiceError("EntityNotFoundException", message)
    return found


def _list_runs(request: Request) -> Any:
    name = (request.get("Filter") or {}).get("RulesetName")
    found = [
        run.summary()
        for run in RECORDS.runs.values()
        if _wanted(request, run.summary()) and name in (None, *run.names)
    ]
    return pages.page("Runs", found[::-1], request)


def _list_results(request: Request) -> Any:
    names = ("ResultId", "DataSource", "StartedOn")
    found = [
        {name: each[name] for name in names}
        for each in RECORDS.results.values()
        if _wanted(request, each) and not {"JobName", "JobRunId"} & set(request.get("Filter") or {})
    ]
    return pages.page("Results", found[::-1], request)


def _wanted(request: Request, shown: Mapping[str, Any]) -> bool:
    wanted = request.get("Filter") or {}
    return (
        wanted.get("DataSource") in (None, shown["DataSource"])
        and wanted.get("StartedAfter", 0) <= shown["StartedOn"]
        and shown["StartedOn"] <= wanted.get("StartedBefore", shown["StartedOn"])
    )


def _resetting(original: Callable[[], None]) -> Callable[[], None]:
    def reset() -> None:
        RECORDS.clear()
        rulesets.clear()
        original()

    return reset
