"""REL8: of a batch of messages only those come again that failed."""

from collections.abc import Iterator

from guardrails.intrinsics import items, text
from guardrails.ml_lens.dead_letters import reads_a_queue
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

MAPPING = "AWS::Lambda::EventSourceMapping"
REPORTED = "ReportBatchItemFailures"


def check(template: Template, mapping: Resource) -> Iterator[Finding]:
    """Yield mappings of queues that give up a whole batch for one message; one at a time pass."""
    alone = text(mapping.at("BatchSize") or 10) == "1"
    told = [text(kind) for kind in items(mapping.at("FunctionResponseTypes"))]
    if reads_a_queue(template, mapping) and not alone and REPORTED not in told:
        detail = f"has no {REPORTED}: one failure sends the whole batch to the dead letters"
        yield Finding(mapping.logical_id, "Properties.FunctionResponseTypes", detail)


_QUEUE = {"EventSourceArn": {"Fn::Sub": "arn:${AWS::Partition}:sqs:x:y:work"}}
RULE = Rule(
    id="MlLens-REL8",
    practice="MLREL02-BP02",
    message="what failed of a batch must be told message by message",
    fix="set report_batch_item_failures=True and return batchItemFailures, or a batch size of one",
    check=per_resource((MAPPING,), check),
    types=(MAPPING,),
    compliant=one(MAPPING, **_QUEUE, FunctionResponseTypes=[REPORTED]),
    violating=one(MAPPING, **_QUEUE),
)
