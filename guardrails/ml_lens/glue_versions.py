"""GLU2: a Glue job asks for a version and a worker that AWS has."""

from collections.abc import Iterator

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

JOB = "AWS::Glue::Job"
# 0.9 to 3.0 have ended or end soon; Glue for Ray closed in 2026.
SPARK = ("4.0", "5.0", "5.1", "6.0")
WORKERS = (
    *("G.025X", "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X"),
    *("R.1X", "R.2X", "R.4X", "R.8X", "Standard"),
)
COMMANDS = ("glueetl", "gluestreaming", "pythonshell")


def check(_template: Template, job: Resource) -> Iterator[Finding]:
    """Yield versions, workers and capacities that Glue would refuse when the job starts."""
    command = job.at("Command", "Name")
    if command not in COMMANDS:
        detail = f"is {command!r}; allowed: {', '.join(COMMANDS)}"
        yield Finding(job.logical_id, "Properties.Command.Name", detail)
    version, worker = job.at("GlueVersion"), job.at("WorkerType")
    if command != "pythonshell" and str(version) not in SPARK:
        detail = f"is {version!r}; allowed: {', '.join(SPARK)}"
        yield Finding(job.logical_id, "Properties.GlueVersion", detail)
    if worker is not None and worker not in WORKERS:
        detail = f"is {worker!r}; allowed: {', '.join(WORKERS)}"
        yield Finding(job.logical_id, "Properties.WorkerType", detail)
    if worker == "G.025X" and command != "gluestreaming":
        yield Finding(job.logical_id, "Properties.WorkerType", "is for streaming jobs only")
    capacity = job.at("MaxCapacity")
    if capacity is not None and (worker is not None or job.at("NumberOfWorkers") is not None):
        detail = "stands beside WorkerType or NumberOfWorkers; Glue takes one or the other"
        yield Finding(job.logical_id, "Properties.MaxCapacity", detail)


RULE = Rule(
    id="MlLens-GLU2",
    practice="MLREL02-BP02",
    message="a Glue job must ask for what Glue has",
    fix="use a version and a worker type that AWS documents",
    check=per_resource((JOB,), check),
    types=(JOB,),
    compliant=one(JOB, GlueVersion="5.1", WorkerType="G.1X", Command={"Name": "glueetl"}),
    violating=one(JOB, GlueVersion="9.9", WorkerType="G.1X", Command={"Name": "glueetl"}),
)
