"""REL5: a pipe says what it could not deliver, and keeps it."""

from collections.abc import Iterator

from guardrails.intrinsics import plain, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.patterns import arn_parts
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

PIPE = "AWS::Pipes::Pipe"
# A queue redrives by itself, and a broker keeps what is not acknowledged.
STREAMS = {"KinesisStreamParameters": "kinesis", "DynamoDBStreamParameters": "dynamodb"}
TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
SOURCES = {"AWS::Kinesis::Stream": "kinesis", **dict.fromkeys(TABLES, "dynamodb")}


def check(template: Template, pipe: Resource) -> Iterator[Finding]:
    """Yield pipes without logs, and those from streams that drop what fails."""
    if text(pipe.at("LogConfiguration", "Level") or "OFF") == "OFF":
        yield Finding(pipe.logical_id, "Properties.LogConfiguration", "logs nothing")
    if pipe.at("LogConfiguration", "IncludeExecutionData"):
        where = "Properties.LogConfiguration.IncludeExecutionData"
        yield Finding(pipe.logical_id, where, "the logs hold what the pipe handles")
    parameters = plain(pipe.at("SourceParameters") or {})
    source = _service(template, pipe)
    for name, service in STREAMS.items():
        stream = plain(parameters.get(name) or {})
        if (name in parameters or service == source) and not stream.get("DeadLetterConfig"):
            where = f"Properties.SourceParameters.{name}.DeadLetterConfig"
            yield Finding(pipe.logical_id, where, "is not set")


def _service(template: Template, pipe: Resource) -> str | None:
    source = pipe.at("Source")
    if target := template.target(source):
        return SOURCES.get(target.type)
    return (arn_parts(text(source)) or [""] * 3)[2] if source else None


RULE = Rule(
    id="MlLens-REL5",
    practice="MLREL02-BP02",
    message="a pipe must log, and keep what it cannot deliver",
    fix="set a log configuration at ERROR without execution data, and a dead-letter queue",
    check=per_resource((PIPE,), check),
    types=(PIPE,),
    compliant=one(PIPE, LogConfiguration={"Level": "ERROR"}),
    violating=one(PIPE, SourceParameters={"KinesisStreamParameters": {}}),
)
