"""What a template may say that changes nothing in the sandbox; the README shows this table."""

from collections.abc import Mapping

_NO_HARDWARE = "a function runs on this machine, as its own process"
_NO_VALIDATION = "the integration gets requests unchecked, whatever their model"
_NO_LIFECYCLE = "stored and read back; nothing expires or moves"

# Resource type -> property -> why it has no effect. "*" stands for every type.
INERT: Mapping[str, Mapping[str, str]] = {
    "*": {"Tags": "kept where the emulator has tags, else left out; nothing is billed or found"},
    "AWS::ApiGateway::Method": {
        "RequestValidatorId": _NO_VALIDATION,
    },
    "AWS::ApiGateway::RequestValidator": {
        "RestApiId": _NO_VALIDATION,
        "ValidateRequestBody": _NO_VALIDATION,
        "ValidateRequestParameters": _NO_VALIDATION,
    },
    "AWS::ApiGateway::Stage": {
        "AccessLogSetting": "no access logs are written",
    },
    "AWS::Athena::WorkGroup": {
        "WorkGroupConfiguration.PublishCloudWatchMetricsEnabled": "no query metrics",
    },
    "AWS::CDK::Metadata": {"Analytics": "nothing is counted"},
    "AWS::DynamoDB::Table": {
        "TimeToLiveSpecification": "an expired item goes within a minute, not within days",
        "PointInTimeRecoverySpecification": "stored and read back; no backups are made",
        "ContributorInsightsSpecification": "no contributor insights",
        "TableClass": "nothing is billed",
    },
    "AWS::Events::Rule": {
        "Targets[].RetryPolicy": "checked and read back; a target answers at once or never",
    },
    "AWS::KMS::Key": {"BypassPolicyLockoutSafetyCheck": "keys cannot be locked out of here"},
    "AWS::Lambda::Function": {
        "Architectures": _NO_HARDWARE,
        "EphemeralStorage": _NO_HARDWARE,
        "MemorySize": _NO_HARDWARE,
        "Runtime": "Python functions run on the sandbox's own Python",
        "TracingConfig": "stored and checked against the role; no traces are kept",
        "VpcConfig": "stored and read back; there is no network to be inside of",
        "RuntimeManagementConfig": _NO_HARDWARE,
    },
    "AWS::Lambda::LayerVersion": {"LicenseInfo": "not shown"},
    "AWS::Logs::LogGroup": {
        "KmsKeyId": "stored and read back; log data is not encrypted at rest",
        "RetentionInDays": "stored and read back; events stay until the sandbox ends",
        "DataProtectionPolicy": "log events are not masked",
    },
    "AWS::Logs::QueryDefinition": {"QueryString": "stored and read back; nobody runs it"},
    "AWS::S3::Bucket": {
        "LifecycleConfiguration": _NO_LIFECYCLE,
        "LoggingConfiguration": "stored and read back; no access logs are delivered",
        "AccelerateConfiguration": "stored and read back; there is one place only",
    },
    "AWS::StepFunctions::StateMachine": {
        "TracingConfiguration": "stored and checked against the role; no traces are kept",
    },
}


def reason(cfn_type: str, path: str) -> str | None:
    """Say why a property has no effect here; None when it must have one."""
    for name in (cfn_type, "*"):
        for inert, why in INERT.get(name, {}).items():
            if path == inert or path.startswith((f"{inert}.", f"{inert}[")):
                return why
    return None


def table() -> str:
    """Write the table in Markdown."""
    rows = [
        f"| `{cfn_type}` | `{name}` | {why} |"
        for cfn_type, properties in INERT.items()
        for name, why in properties.items()
    ]
    return "\n".join(["| Type | Property | Why it has no effect here |", "|---|---|---|", *rows])
