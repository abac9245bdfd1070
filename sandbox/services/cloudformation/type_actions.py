"""The actions by which CloudFormation makes a resource of a type and deletes it."""

from sandbox.faults import call_names

_NAMESPACES = {
    "stepfunctions": "states",
    "opensearchservice": "es",
    "kinesisfirehose": "firehose",
}
# Where the action is not Create or Delete and the type's own name.
_OTHERS = {
    "AWS::CloudWatch::Alarm": ("cloudwatch:PutMetricAlarm", "cloudwatch:DeleteAlarms"),
    "AWS::CloudWatch::Dashboard": ("cloudwatch:PutDashboard", "cloudwatch:DeleteDashboards"),
    "AWS::Events::Rule": ("events:PutRule", "events:DeleteRule"),
    "AWS::IAM::ManagedPolicy": ("iam:CreatePolicy", "iam:DeletePolicy"),
    "AWS::IAM::Policy": ("iam:PutRolePolicy", "iam:DeleteRolePolicy"),
    "AWS::Lambda::LayerVersion": ("lambda:PublishLayerVersion", "lambda:DeleteLayerVersion"),
    "AWS::Lambda::Permission": ("lambda:AddPermission", "lambda:RemovePermission"),
    "AWS::Lambda::Version": ("lambda:PublishVersion", "lambda:DeleteFunction"),
    "AWS::Logs::MetricFilter": ("logs:PutMetricFilter", "logs:DeleteMetricFilter"),
    "AWS::Logs::QueryDefinition": ("logs:PutQueryDefinition", "logs:DeleteQueryDefinition"),
    "AWS::Logs::ResourcePolicy": ("logs:PutResourcePolicy", "logs:DeleteResourcePolicy"),
    "AWS::Logs::SubscriptionFilter": (
        "logs:PutSubscriptionFilter", "logs:DeleteSubscriptionFilter",
    ),
    "AWS::S3::BucketPolicy": ("s3:PutBucketPolicy", "s3:DeleteBucketPolicy"),
    "AWS::SNS::Subscription": ("sns:Subscribe", "sns:Unsubscribe"),
    "AWS::SNS::TopicPolicy": ("sns:SetTopicAttributes", "sns:SetTopicAttributes"),
    "AWS::SQS::QueuePolicy": ("sqs:SetQueueAttributes", "sqs:SetQueueAttributes"),
    "AWS::SSM::Parameter": ("ssm:PutParameter", "ssm:DeleteParameter"),
    "AWS::KMS::Key": ("kms:CreateKey", "kms:ScheduleKeyDeletion"),
}  # fmt: skip


def service_of(cfn_type: str) -> str:
    """Name the namespace in IAM of a type's service."""
    service = cfn_type.split("::")[1].lower()
    return _NAMESPACES.get(service, service)


def making(cfn_type: str) -> str | None:
    """Name the action that makes a resource; None when no API is known to make it."""
    return _action(cfn_type, 0, "Create")


def ending(cfn_type: str) -> str | None:
    """Name the action that deletes a resource; None when no API is known to delete it."""
    return _action(cfn_type, 1, "Delete")


def _action(cfn_type: str, at: int, verb: str) -> str | None:
    if cfn_type.startswith("Custom::"):
        return "lambda:InvokeFunction"
    if cfn_type in _OTHERS:
        return _OTHERS[cfn_type][at]
    action = f"{service_of(cfn_type)}:{verb}{cfn_type.rpartition('::')[2]}"
    return None if call_names.why_never(action) else action
