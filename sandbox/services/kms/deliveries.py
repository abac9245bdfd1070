"""What a service delivers of its own accord: the target's policy and its key must let it in."""

from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.services.kms import keys

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
SENDING = ("kms:GenerateDataKey", "kms:Decrypt")
RECEIVING = ("kms:Decrypt",)


def delivery_denial(
    service: str, action: str, target_arn: str, key: str | None, source_arn: str, account: str
) -> str | None:
    """Say why a service may not deliver to a queue or topic: its policy, or its key's policy."""
    source = {
        "aws:SourceArn": source_arn,
        "aws:SourceAccount": account,
        "aws:SourceOwner": account,
    }
    denied = authorization.service_denial(service, action, target_arn, source)
    if denied or not key or not authorization.enforced():
        return denied
    kind = "sns" if action.startswith("sns:") else "sqs"
    context = {"aws:sns:topicArn" if kind == "sns" else "aws:sqs:arn": target_arn}
    return keys.service_use_denial(
        service, SENDING, key, service=kind, encryption_context=context, source=source
    )


def invocation_denial(service: str, function_arn: str, source_arn: str) -> str | None:
    """Say why a service may not invoke a function for a source; its resource policy decides."""
    account = responses.get_account_id()
    source = {"aws:SourceArn": source_arn, "aws:SourceAccount": account}
    return authorization.service_denial(service, "lambda:InvokeFunction", function_arn, source)
