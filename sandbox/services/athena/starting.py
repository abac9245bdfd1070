"""StartQueryExecution: a query is checked, run beside others as its caller, and its result kept."""

import asyncio
import contextvars
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sandbox.core import emulator, in_flight
from sandbox.core.upstream import responses
from sandbox.services.athena import workgroups
from sandbox.services.athena.engine import statements
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.executions import Execution
from sandbox.services.athena.engine.results import Result, csv_lines
from sandbox.services.athena.engine.session import Session
from sandbox.services.athena.engine.tables import split_location
from sandbox.services.athena.upstream import athena
from sandbox.services.athena.workgroups import Request, executions
from sandbox.services.glue.catalog import CallersStore, GlueCatalog, require

_log = logging.getLogger(__name__)
_tokens = responses.AccountRegionScopedDict()
_running: set[asyncio.Task[None]] = set()
# Of its own: a slow query must not hold up other services.
_workers = ThreadPoolExecutor(8, "athena")
_NO_OUTPUT = (
    "No output location provided. An output location is required either through the Workgroup "
    "result configuration setting or as an API input."
)


def invalid(message: str) -> emulator.ServiceError:
    """Refuse a request."""
    return emulator.ServiceError("InvalidRequestException", message)


def forget() -> None:
    """Forget which tokens began a query."""
    _tokens.clear()


def start(data: Request) -> Mapping[str, Any]:
    """Begin to run a query, as its caller and within its workgroup; a token begins one once."""
    token = data.get("ClientRequestToken")
    if token and token in _tokens:
        return {"QueryExecutionId": _tokens[token]}
    name = data.get("WorkGroup") or "primary"
    workgroup = athena._workgroups.get(name)
    if workgroup is None:
        raise invalid(f"WorkGroup {name} is not found.")
    if workgroup.get("State") == "DISABLED":
        raise invalid(f"WorkGroup {name} is disabled.")
    if emulator.caller() and (
        reason := emulator.deny_reason("athena:StartQueryExecution", workgroups.arn(name))
    ):
        raise emulator.ServiceError("AccessDeniedException", reason)
    execution = _submitted(data, name, workgroup.get("Configuration") or {})
    cutoff = (workgroup.get("Configuration") or {}).get("BytesScannedCutoffPerQuery")
    executions[execution.query_id] = execution
    if token:
        _tokens[token] = execution.query_id
    work = _run(execution, int(cutoff) if cutoff else None, emulator.caller())
    task = asyncio.get_running_loop().create_task(work)
    _running.add(task)
    task.add_done_callback(_running.discard)
    return {"QueryExecutionId": execution.query_id}


def _submitted(data: Request, name: str, configuration: Mapping[str, Any]) -> Execution:
    query = data.get("QueryString") or ""
    try:
        statements.check(query)
    except AthenaError as error:
        raise emulator.ServiceError("MALFORMED_QUERY", str(error)) from error
    own = configuration.get("ResultConfiguration") or {}
    enforced = workgroups.true(
        configuration.get("EnforceWorkGroupConfiguration", name != "primary")
    )
    given = own if enforced else {**own, **(data.get("ResultConfiguration") or {})}
    if not given.get("OutputLocation"):
        raise invalid(_NO_OUTPUT)
    if not str(given["OutputLocation"]).startswith("s3://"):
        raise invalid("outputLocation is not a valid S3 path.")
    context = data.get("QueryExecutionContext") or {}
    catalog = context.get("Catalog") or "AwsDataCatalog"
    if catalog.lower() != "awsdatacatalog":
        raise invalid(f"the sandbox's Athena has the catalog AwsDataCatalog only, not {catalog}")
    return Execution(
        query,
        name,
        (context.get("Database") or "default").lower(),
        given["OutputLocation"],
        dict(given),
        list(data.get("ExecutionParameters") or []),
    )


async def _run(execution: Execution, cutoff: int | None, caller: str | None) -> None:
    loop = asyncio.get_running_loop()

    def work() -> None:
        try:
            with emulator.acting_as(caller):
                _execute(execution, cutoff, loop)
        finally:
            execution.over.set()

    context = contextvars.copy_context()
    with in_flight.counted("query"):
        await loop.run_in_executor(_workers, context.run, work)


def _execute(execution: Execution, cutoff: int | None, loop: asyncio.AbstractEventLoop) -> None:
    if not execution.begin():
        return
    store = CallersStore(loop, _encryption(execution.result_configuration))
    catalog = GlueCatalog()
    session = Session(
        catalog,
        store,
        execution.database,
        execution.output,
        cutoff,
        prepared=lambda name: _prepared(execution.workgroup, name),
        store_prepared=lambda name, text: _prepare(execution.workgroup, name, text),
        started=lambda con: setattr(execution, "connection", con),
        query_id=execution.query_id,
    )
    try:
        # In every query: https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html
        catalog.database("default")
        _check_output(execution)
        result = statements.run(session, execution.query, execution.parameters)
        execution.scanned, execution.result = session.scanned, result
        execution.connection = None
        if execution.state == "RUNNING":
            _save(execution, result, store)
        execution.end("SUCCEEDED")
    except AthenaError as error:
        execution.scanned = session.scanned
        if error.code == "CUTOFF":
            execution.end("CANCELLED", error.message)
        else:
            execution.end("FAILED", str(error), error)
    except Exception as error:  # what we did not foresee fails this query, not the sandbox
        _log.exception("query %s", execution.query_id)
        message = f"the sandbox's Athena broke on this query: {type(error).__name__}: {error}"
        execution.end("FAILED", message, AthenaError("GENERIC_INTERNAL_ERROR", message))


def _check_output(execution: Execution) -> None:
    bucket, _ = split_location(execution.output)
    owner = execution.result_configuration.get("ExpectedBucketOwner")
    require("s3:GetBucketLocation", f"arn:{emulator.PARTITION}:s3:::{bucket}")
    if owner and str(owner) != responses.get_account_id():
        message = f"Access denied when writing output to url: {execution.file}"
        raise AthenaError("", f"{message}. The bucket's owner is not {owner}")


_OPTIONS = {"SSE_S3": "AES256", "SSE_KMS": "aws:kms"}


def _encryption(configuration: Mapping[str, Any]) -> dict[str, str]:
    wanted = configuration.get("EncryptionConfiguration") or {}
    option = wanted.get("EncryptionOption")
    if not option:
        return {}
    headers = {"x-amz-server-side-encryption": _OPTIONS.get(option, "")}
    if wanted.get("KmsKey"):
        headers["x-amz-server-side-encryption-aws-kms-key-id"] = wanted["KmsKey"]
    return headers


def _save(execution: Execution, result: Result, store: CallersStore) -> None:
    bucket, _, key = execution.file.removeprefix("s3://").partition("/")
    if result.manifest is not None:
        listed = "".join(f"{uri}\n" for uri in result.manifest)
        _, _, manifest = execution.manifest.removeprefix("s3://").partition("/")
        store.write(bucket, manifest, listed.encode())
    elif execution.kind == "DML":
        body = csv_lines([name for name, _ in result.columns], result.rows)
        store.write(bucket, key, body.encode())
    else:
        body = "".join("\t".join(v or "" for v in row) + "\n" for row in result.rows)
        store.write(bucket, key, body.encode())


def _prepared(workgroup: str, name: str) -> str | None:
    found = athena._prepared_statements.get(f"{workgroup}/{name}")
    return str(found["QueryStatement"]) if found else None


def _prepare(workgroup: str, name: str, text: str | None) -> None:
    athena._delete_prepared_statement({"StatementName": name, "WorkGroup": workgroup})
    if text is not None:
        request = {"StatementName": name, "WorkGroup": workgroup, "QueryStatement": text}
        athena._create_prepared_statement(request)
