"""ENC4: what a service keeps beside its store is under the customer's key as well."""

from collections.abc import Iterator, Mapping

from guardrails.intrinsics import shorten
from guardrails.ml_lens.customer_keys import is_customer_key
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.settings import values
from guardrails.ml_lens.template import Resource, Template

CLASSIFIER, APPLICATION = "AWS::Comprehend::DocumentClassifier", "AWS::EMRServerless::Application"
DELIVERY = "AWS::KinesisFirehose::DeliveryStream"
S3_KEY = "EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN"
# Firehose writes to these by way of S3, or keeps there what they refuse.
DESTINATIONS = (
    *("HttpEndpoint", "Redshift", "Splunk", "Snowflake", "Iceberg", "Elasticsearch"),
    *("Amazonopensearchservice", "AmazonOpenSearchServerless"),
)
# Paths of ``settings``; an optional step where there is nothing to encrypt without it.
PATHS: Mapping[str, tuple[str, ...]] = {
    CLASSIFIER: ("VolumeKmsKeyId", "OutputDataConfig?.KmsKeyId"),
    "AWS::Comprehend::Flywheel": (
        "DataSecurityConfig.ModelKmsKeyId",
        "DataSecurityConfig.VolumeKmsKeyId",
    ),
    DELIVERY: (
        f"ExtendedS3DestinationConfiguration?.S3BackupConfiguration?.{S3_KEY}",
        *(
            f"{kind}DestinationConfiguration?.{copy}?.{S3_KEY}"
            for kind in DESTINATIONS
            for copy in ("S3Configuration", "S3BackupConfiguration")
        ),
    ),
    "AWS::SageMaker::InferenceExperiment": ("DataStorageConfig?.KmsKey",),
    "AWS::SageMaker::Domain": ("DefaultUserSettings?.SharingSettings?.S3KmsKeyId",),
    "AWS::SageMaker::UserProfile": ("UserSettings?.SharingSettings?.S3KmsKeyId",),
    APPLICATION: (
        "MonitoringConfiguration?.S3MonitoringConfiguration?.EncryptionKeyArn",
        "MonitoringConfiguration?.CloudWatchLoggingConfiguration?.EncryptionKeyArn",
    ),
    "AWS::EMR::Cluster": ("LogEncryptionKmsKeyId",),
}
# Where a flag says that something is kept at all; what it is by default comes first.
ASKED: Mapping[str, tuple[bool, str, str]] = {
    "AWS::RDS::DBInstance": (False, "EnablePerformanceInsights", "PerformanceInsightsKMSKeyId"),
    "AWS::RDS::DBCluster": (False, "PerformanceInsightsEnabled", "PerformanceInsightsKmsKeyId"),
    APPLICATION: (
        True,
        "MonitoringConfiguration.ManagedPersistenceMonitoringConfiguration.Enabled",
        "MonitoringConfiguration.ManagedPersistenceMonitoringConfiguration.EncryptionKeyArn",
    ),
}
TYPES = (*PATHS, *(type_ for type_ in ASKED if type_ not in PATHS))


def check(template: Template, resource: Resource) -> Iterator[Finding]:
    """Yield volumes, outputs, copies and logs that are under a key of the service."""
    paths = list(PATHS.get(resource.type, ()))
    if resource.type in ASKED:
        default, flag, path = ASKED[resource.type]
        [(_, asked)] = values(resource.properties, flag)
        paths += [path] if (default if asked is None else asked) else []
    for path in paths:
        for where, key in values(resource.properties, path):
            if key is None or not is_customer_key(template, key):
                detail = "is not set" if key is None else f"is {shorten(key)}, no customer key"
                yield Finding(resource.logical_id, f"Properties.{where}", detail)


RULE = Rule(
    id="MlLens-ENC4",
    practice="MLSEC02-BP01",
    message="volumes, outputs, copies and logs must be encrypted with a customer managed key",
    fix="pass the architecture's kms.Key there as well",
    check=per_resource(TYPES, check),
    types=TYPES,
    compliant=one(CLASSIFIER, VolumeKmsKeyId=KEY_ARN, OutputDataConfig={"KmsKeyId": KEY_ARN}),
    violating=one(CLASSIFIER, OutputDataConfig={"KmsKeyId": KEY_ARN}),
)
