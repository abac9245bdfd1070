"""Which jobs run here, and what of a job the emulator forgets."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.upstream import responses
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.glue import spark_packages, spark_properties
from sandbox.services.glue.upstream import glue

Properties = Mapping[str, Any]

VERSIONS = ("5.1",)  # whose Spark is the one that is installed
FORMATS = ("iceberg",)
_KEPT = ("ExecutionProperty", "ExecutionClass", "JobRunQueuingEnabled", "AllocatedCapacity")
# Arguments that Glue itself obeys, and this sandbox cannot.
_REFUSED = (
    *("--additional-python-modules", "--python-modules-installer-option", "--extra-jars"),
    *("--extra-files", "--user-jars-first", "--class", "--enable-glue-datacatalog"),
    *("--enable-lakeformation-fine-grained-access", "--scriptLocation"),
)
_ONLY = {"--job-language": "python", "--job-bookmark-option": "job-bookmark-disable"}


def install() -> None:
    """Stand around the operations that make, change and forget jobs."""
    because = "a job that cannot run here is refused, not taken and said to have succeeded"
    patching.wrap(glue, "_create_job", _create, because=because)
    patching.wrap(glue, "_update_job", _update, because=because)
    emulator.after_create(
        "AWS::Glue::Job",
        _finish,
        because="concurrency, execution class and queue of a job are dropped",
    )


def refusal(job: Properties) -> str | None:
    """Say why a job cannot run here; None when it can."""
    command = job.get("Command") or {}
    if (name := command.get("Name")) != "glueetl":
        return f"the sandbox runs Spark jobs (glueetl), and no {name}"
    if why := spark_packages.missing():
        return f"the sandbox cannot run {spark_packages.SPARK.service}: {why}"
    if (version := job.get("GlueVersion")) not in VERSIONS:
        return f"GlueVersion is {version}; the sandbox has the Spark of {', '.join(VERSIONS)} only"
    if job.get("JobRunQueuingEnabled"):
        return "the sandbox queues no job runs; leave JobRunQueuingEnabled out"
    if (job.get("Connections") or {}).get("Connections"):
        return "the sandbox has no connections of Glue"
    return refused_arguments(
        {**(job.get("DefaultArguments") or {}), **(job.get("NonOverridableArguments") or {})}
    )


def refused_arguments(arguments: Mapping[str, str]) -> str | None:
    """Say which argument of a job or a run cannot be obeyed here."""
    for name, value in arguments.items():
        if name in _REFUSED:
            return f"the sandbox cannot carry out the job argument {name}"
        if name in _ONLY and value != _ONLY[name]:
            return f"{name} is {value}; the sandbox has {_ONLY[name]} only"
    formats = arguments.get("--datalake-formats")
    if formats and formats not in FORMATS:
        return f"--datalake-formats is {formats}; the sandbox has {', '.join(FORMATS)} only"
    if asked := arguments.get("--conf"):
        try:
            spark_properties.asked_for(asked)
        except ValueError as error:
            return str(error)
    return None


def most_at_once(job: Properties) -> int:
    """Read how many runs of a job there may be at once."""
    return int((job.get("ExecutionProperty") or {}).get("MaxConcurrentRuns") or 1)


def _create(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(data: dict[str, Any]) -> Any:
        if why := refusal(plain(data)):
            return _invalid(why)
        reply = original(data)
        if reply[0] < 300:
            _keep(data["Name"], data)
        return reply

    return create


def _update(original: Callable[..., Any]) -> Callable[..., Any]:
    def update(data: dict[str, Any]) -> Any:
        name, change = data.get("JobName"), data.get("JobUpdate") or {}
        if name in glue._jobs and (why := refusal(plain({**glue._jobs[name], **change}))):
            return _invalid(why)
        reply = original(data)
        if reply[0] < 300:
            _keep(str(name), change)
        return reply

    return update


def _finish(name: str, properties: Properties, _attributes: Properties) -> None:
    if why := refusal(plain(properties)):  # looking is not carrying out
        raise ValueError(why)
    _keep(name, properties)


def _keep(name: str, given: Properties) -> None:
    kept = {key: given.get(key) for key in _KEPT}
    glue._jobs[name].update({key: value for key, value in kept.items() if value is not None})


def _invalid(why: str) -> Any:
    return responses.error_response_json("InvalidInputException", why, 400)
