"""REL1: whatever is delivered asynchronously has a place to go when it fails."""

from collections.abc import Iterator
from typing import Any

from guardrails.intrinsics import items, plain, reference, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.patterns import is_exact
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Resource, Template

BUS = "AWS::Events::EventBus"
MOST_TRIES = 100
# These services invoke a function with an event and do not wait for its answer.
ASYNCHRONOUS = ("s3", "sns", "events", "scheduler", "iot", "config", "ses", "codecommit", "logs")


def dead_letter_queues(template: Template) -> set[str]:
    """Return the queues of the template that take what failed elsewhere in it."""
    named = {reference(value) for value in _destinations(template)}
    return {n for n in named if n and n in template.resources} & {
        queue.logical_id for queue in template.of_type("AWS::SQS::Queue")
    }


def check(template: Template) -> Iterator[Finding]:
    """Yield each asynchronous path whose failures would be lost."""
    ends = dead_letter_queues(template)
    for queue in template.of_type("AWS::SQS::Queue"):
        if queue.logical_id not in ends and not _is_named(
            queue.at("RedrivePolicy", "deadLetterTargetArn")
        ):
            yield Finding(queue.logical_id, "Properties.RedrivePolicy", "is not set")
        tries = queue.at("RedrivePolicy", "maxReceiveCount")
        if tries is not None and int(text(tries)) > MOST_TRIES:
            where = "Properties.RedrivePolicy.maxReceiveCount"
            yield Finding(queue.logical_id, where, f"is {tries}: no failure gets there in time")
    for bus in template.of_type(BUS):
        # What the bus cannot encrypt, when its key is gone, is dropped.
        if bus.at("KmsKeyIdentifier") and not _is_named(bus.at("DeadLetterConfig", "Arn")):
            yield Finding(bus.logical_id, "Properties.DeadLetterConfig", "is not set")
    for rule in template.of_type("AWS::Events::Rule"):
        if not items(rule.at("Targets")):
            yield Finding(rule.logical_id, "Properties.Targets", "is empty: nobody gets the events")
        for index, target in enumerate(items(rule.at("Targets"))):
            if not _is_named(plain(plain(target).get("DeadLetterConfig") or {}).get("Arn")):
                where = f"Properties.Targets.{index}.DeadLetterConfig"
                yield Finding(rule.logical_id, where, "is not set")
    for schedule in template.of_type("AWS::Scheduler::Schedule"):
        if not _is_named(schedule.at("Target", "DeadLetterConfig", "Arn")):
            where = "Properties.Target.DeadLetterConfig"
            yield Finding(schedule.logical_id, where, "is not set")
    for subscription in template.of_type("AWS::SNS::Subscription"):
        if not _is_named(subscription.at("RedrivePolicy", "deadLetterTargetArn")):
            yield Finding(subscription.logical_id, "Properties.RedrivePolicy", "is not set")
    for topic in template.of_type("AWS::SNS::Topic"):
        if items(topic.at("Subscription")):
            yield Finding(
                topic.logical_id,
                "Properties.Subscription",
                "cannot have a dead-letter queue: use an AWS::SNS::Subscription",
            )
    yield from _functions(template)


def _functions(template: Template) -> Iterator[Finding]:
    caught = {
        reference(config.at("FunctionName"))
        for config in template.of_type("AWS::Lambda::EventInvokeConfig")
        if config.at("DestinationConfig", "OnFailure", "Destination") and not config.condition
    }
    for permission in template.of_type("AWS::Lambda::Permission"):
        function = template.target(permission.at("FunctionName"))
        service = text(permission.at("Principal")).partition(".")[0]
        if function is None or service not in ASYNCHRONOUS:
            continue
        if function.logical_id in caught or function.at("DeadLetterConfig", "TargetArn"):
            continue
        where = "Properties.DeadLetterConfig"
        yield Finding(function.logical_id, where, f"is not set, and {service} invokes it")
    for mapping in template.of_type("AWS::Lambda::EventSourceMapping"):
        if reads_a_queue(template, mapping):
            continue
        if not mapping.at("DestinationConfig", "OnFailure", "Destination"):
            yield Finding(
                mapping.logical_id, "Properties.DestinationConfig.OnFailure", "is not set"
            )


def _is_named(value: Any) -> bool:
    return bool(value) and is_exact(text(value))


def reads_a_queue(template: Template, mapping: Resource) -> bool:
    """Tell whether an event source mapping is of a queue, which redrives by itself."""
    source = mapping.at("EventSourceArn")
    if source is None:
        return False
    if target := template.target(source):
        return target.type == "AWS::SQS::Queue"
    return ":sqs:" in text(source)


def _destinations(template: Template) -> Iterator[Any]:
    for resource in template.of_type("AWS::SQS::Queue", "AWS::SNS::Subscription"):
        yield resource.at("RedrivePolicy", "deadLetterTargetArn")
    for rule in template.of_type("AWS::Events::Rule"):
        for target in items(rule.at("Targets")):
            yield plain(plain(target).get("DeadLetterConfig") or {}).get("Arn")
    for schedule in template.of_type("AWS::Scheduler::Schedule"):
        yield schedule.at("Target", "DeadLetterConfig", "Arn")
    for bus in template.of_type(BUS):
        yield bus.at("DeadLetterConfig", "Arn")
    for rule in template.of_type("AWS::IoT::TopicRule"):
        yield rule.at("TopicRulePayload", "ErrorAction", "Sqs", "QueueUrl")
    for function in template.of_type("AWS::Lambda::Function"):
        yield function.at("DeadLetterConfig", "TargetArn")
    for config in template.of_type(
        "AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping"
    ):
        yield config.at("DestinationConfig", "OnFailure", "Destination")


RULE = Rule(
    id="MlLens-REL1",
    practice="MLREL02-BP02",
    message="an asynchronous path must have a dead-letter queue",
    fix="set dead_letter_queue on the queue, target, subscription or function, or on_failure",
    check=check,
    types=(
        "AWS::SQS::Queue",
        "AWS::Events::Rule",
        BUS,
        "AWS::Scheduler::Schedule",
        "AWS::SNS::Subscription",
        "AWS::SNS::Topic",
        "AWS::Lambda::EventSourceMapping",
        "AWS::Lambda::EventInvokeConfig",
    ),
    compliant=one(
        "AWS::SQS::Queue", RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["It", "Arn"]}}
    ),
    violating=one("AWS::SQS::Queue"),
)
