"""Which jobs run here, and what of a job the emulator forgets."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.upstream import provisioners
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.glue import python_modules, spark_packages, spark_properties
from sandbox.services.glue.upstream import glue

Properties = Mapping[str, Any]

VERSIONS = ("5.1",)  # whose Spark is the one that is installed
FORMATS = ("iceberg",)
_KEPT = ("ExecutionProperty", "ExecutionClass", "JobRunQueuingEnabled", "AllocatedCapacity")
# Arguments that Glue itself obeys, and this sandbox cannot.
_REFUSED = (
    *("--extra-jars", "--extra-files", "--user-jars-first", "--class", "--enable-glue-datacatalog"),
    *("--enable-lakeformation-fine-grained-access", "--scriptLocation"),
)
_ONLY = {
    "--job-language": "python",
    "--job-bookmark-option": "job-bookmark-disable",
    python_modules.OPTION: python_modules.OPTION_HERE,
}


def install() -> None:
    """Stand around the operations that make and change jobs, and before their templates."""
    kept = "concurrency, execution class and queue of a job are dropped"
    patching.wrap(glue, "_create_job", _keeping("Name", None), because=kept)
    patching.wrap(glue, "_update_job", _keeping("JobName", "JobUpdate"), because=kept)
    emulator.after_create("AWS::Glue::Job", _keep_of_template, because=kept)
    for verb, properties_at in (("create", 1), ("update", 2)):
        patching.wrap_item(
            provisioners,
            "_RESOURCE_HANDLERS",
            ("AWS::Glue::Job", verb),
            _checked(properties_at),
            because="a stack with a job that cannot run here is refused, not deployed",
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
    try:
        if asked := arguments.get("--conf"):
            spark_properties.asked_for(asked)
        python_modules.asked_for(arguments.get(python_modules.ARGUMENT, ""))
    except ValueError as error:
        return str(error)
    return None


def most_at_once(job: Properties) -> int:
    """Read how many runs of a job there may be at once."""
    return int((job.get("ExecutionProperty") or {}).get("MaxConcurrentRuns") or 1)


def _keeping(name: str, inside: str | None) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def keeping(data: dict[str, Any]) -> Any:
            reply = original(data)
            if reply[0] < 300:
                _keep(data[name], data.get(inside) or {} if inside else data)
            return reply

        return keeping

    return make


def _checked(properties_at: int) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def checked(*arguments: Any, **more: Any) -> Any:
            if why := refusal(plain(arguments[properties_at])):  # looking is not carrying out
                raise ValueError(why)
            return original(*arguments, **more)

        return checked

    return make


def _keep_of_template(name: str, properties: Properties, _attributes: Properties) -> None:
    _keep(name, properties)


def _keep(name: str, given: Properties) -> None:
    kept = {key: given.get(key) for key in _KEPT}
    glue._jobs[name].update({key: value for key, value in kept.items() if value is not None})
