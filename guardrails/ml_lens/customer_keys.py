"""ENC1: data at rest is encrypted with a key that we own, rotate and can revoke."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from guardrails.intrinsics import items, plain, reference, text
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.settings import values
from guardrails.ml_lens.template import Resource, Template

Key = tuple[str, Any]


def encryption_rule(bucket: Resource) -> Mapping[str, Any]:
    """Return the bucket's first (and by S3 only) encryption rule, or an empty one."""
    rules = items(bucket.at("BucketEncryption", "ServerSideEncryptionConfiguration"))
    return plain(rules[0]) if rules else {}


def log_targets(template: Template) -> set[str]:
    """Return the buckets that other buckets deliver their server access logs to."""
    named = (
        reference(bucket.at("LoggingConfiguration", "DestinationBucketName"))
        for bucket in template.of_type("AWS::S3::Bucket")
    )
    return {name for name in named if name}


def is_customer_key(template: Template, value: Any) -> bool:
    """Tell whether a value names a KMS key that is not one of AWS's own."""
    if target := template.target(value):
        kinds = ("AWS::KMS::Key", "AWS::KMS::ReplicaKey", "AWS::KMS::Alias")
        return target.type in kinds and target.condition is None
    spelled = text(value)
    return "alias/aws/" not in spelled and (":key/" in spelled or ":alias/" in spelled)


def _bucket_key(bucket: Resource) -> Iterator[Key]:
    default = plain(encryption_rule(bucket).get("ServerSideEncryptionByDefault") or {})
    where = "Properties.BucketEncryption"
    yield where, default.get("KMSMasterKeyID") if default.get("SSEAlgorithm") != "AES256" else None


def _table_key(table: Resource) -> Iterator[Key]:
    enabled = table.at("SSESpecification", "SSEEnabled") is True
    key = table.at("SSESpecification", "KMSMasterKeyId") if enabled else None
    yield "Properties.SSESpecification", key


def _global_table_keys(table: Resource) -> Iterator[Key]:
    enabled = table.at("SSESpecification", "SSEEnabled") is True
    for index, replica in enumerate(items(table.at("Replicas"))):
        encryption = plain(plain(replica).get("SSESpecification") or {})
        where = f"Properties.Replicas.{index}.SSESpecification"
        yield where, encryption.get("KMSMasterKeyId") if enabled else None


def _workgroup_key(workgroup: Resource) -> Iterator[Key]:
    configuration = ("WorkGroupConfiguration",)
    enforced = workgroup.at(*configuration, "EnforceWorkGroupConfiguration")
    encryption = (*configuration, "ResultConfiguration", "EncryptionConfiguration")
    option = workgroup.at(*encryption, "EncryptionOption")
    key = workgroup.at(*encryption, "KmsKey")
    safe = enforced is not False and option in ("SSE_KMS", "CSE_KMS")
    yield "Properties.WorkGroupConfiguration", key if safe else None


def _machine_key(machine: Resource) -> Iterator[Key]:
    encryption = ("EncryptionConfiguration",)
    owned = machine.at(*encryption, "Type") == "CUSTOMER_MANAGED_KMS_KEY"
    key = machine.at(*encryption, "KmsKeyId")
    yield "Properties.EncryptionConfiguration", key if owned else None


def _feature_group_keys(group: Resource) -> Iterator[Key]:
    if group.at("OnlineStoreConfig"):
        where = ("OnlineStoreConfig", "SecurityConfig", "KmsKeyId")
        yield f"Properties.{'.'.join(where)}", group.at(*where)
    if group.at("OfflineStoreConfig"):
        where = ("OfflineStoreConfig", "S3StorageConfig", "KmsKeyId")
        yield f"Properties.{'.'.join(where)}", group.at(*where)


def _delivery_keys(stream: Resource) -> Iterator[Key]:
    own = "DeliveryStreamEncryptionConfigurationInput"
    if stream.at("DeliveryStreamType") in (None, "DirectPut"):
        owned = stream.at(own, "KeyType") == "CUSTOMER_MANAGED_CMK"
        yield f"Properties.{own}", stream.at(own, "KeyARN") if owned else None
    for name in stream.properties:
        if name.endswith("S3DestinationConfiguration"):
            where = (name, "EncryptionConfiguration", "KMSEncryptionConfig", "AWSKMSKeyARN")
            yield f"Properties.{'.'.join(where[:2])}", stream.at(*where)


def _catalog_keys(settings: Resource) -> Iterator[Key]:
    rest = ("DataCatalogEncryptionSettings", "EncryptionAtRest")
    owned = settings.at(*rest, "CatalogEncryptionMode") in ("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE")
    yield f"Properties.{'.'.join(rest)}", settings.at(*rest, "SseAwsKmsKeyId") if owned else None
    passwords = ("DataCatalogEncryptionSettings", "ConnectionPasswordEncryption")
    hidden = settings.at(*passwords, "ReturnConnectionPasswordEncrypted") is True
    yield (
        f"Properties.{'.'.join(passwords)}",
        settings.at(*passwords, "KmsKeyId") if hidden else None,
    )


# Where each store names its key, as a path of ``settings``.
PATHS: Mapping[str, str] = {
    "AWS::AmazonMQ::Broker": "EncryptionOptions.KmsKeyId",
    "AWS::AppFlow::Flow": "KMSArn",
    "AWS::AppRunner::Service": "EncryptionConfiguration.KmsKey",
    "AWS::Backup::BackupVault": "EncryptionKeyArn",
    "AWS::Bedrock::Agent": "CustomerEncryptionKeyArn",
    "AWS::Bedrock::DataSource": "ServerSideEncryptionConfiguration.KmsKeyArn",
    "AWS::Bedrock::Flow": "CustomerEncryptionKeyArn",
    "AWS::Bedrock::Guardrail": "KmsKeyArn",
    "AWS::Bedrock::Prompt": "CustomerEncryptionKeyArn",
    "AWS::CloudTrail::EventDataStore": "KmsKeyId",
    "AWS::CloudTrail::Trail": "KMSKeyId",
    "AWS::CodeArtifact::Domain": "EncryptionKey",
    "AWS::CodeBuild::Project": "EncryptionKey",
    "AWS::CodePipeline::Pipeline": "ArtifactStore.EncryptionKey.Id",
    "AWS::Comprehend::DocumentClassifier": "ModelKmsKeyId",
    "AWS::Comprehend::Flywheel": "DataSecurityConfig.DataLakeKmsKeyId",
    "AWS::DMS::Endpoint": "KmsKeyId",
    "AWS::DMS::ReplicationInstance": "KmsKeyId",
    "AWS::DataBrew::Job": "EncryptionKeyArn",
    "AWS::DocDB::DBCluster": "KmsKeyId",
    "AWS::EC2::Volume": "KmsKeyId",
    "AWS::ECR::Repository": "EncryptionConfiguration.KmsKey",
    "AWS::EFS::FileSystem": "KmsKeyId",
    "AWS::EKS::Cluster": "EncryptionConfig.0.Provider.KeyArn",
    "AWS::EMR::Studio": "EncryptionKeyArn",
    "AWS::ElastiCache::ReplicationGroup": "KmsKeyId",
    "AWS::ElastiCache::ServerlessCache": "KmsKeyId",
    "AWS::Events::Archive": "KmsKeyIdentifier",
    "AWS::Events::Connection": "KmsKeyIdentifier",
    "AWS::Events::EventBus": "KmsKeyIdentifier",
    "AWS::FSx::FileSystem": "KmsKeyId",
    "AWS::Glue::MLTransform": "TransformEncryption.MLUserDataEncryption.KmsKeyId",
    "AWS::Kendra::Index": "ServerSideEncryptionConfiguration.KmsKeyId",
    "AWS::Kinesis::Stream": "StreamEncryption.KeyId",
    "AWS::KinesisVideo::Stream": "KmsKeyId",
    "AWS::Logs::LogGroup": "KmsKeyId",
    "AWS::MSK::Cluster": "EncryptionInfo.EncryptionAtRest.DataVolumeKMSKeyId",
    "AWS::MWAA::Environment": "KmsKey",
    "AWS::MemoryDB::Cluster": "KmsKeyId",
    "AWS::Neptune::DBCluster": "KmsKeyId",
    "AWS::NeptuneGraph::Graph": "KmsKeyIdentifier",
    "AWS::OpenSearchService::Domain": "EncryptionAtRestOptions.KmsKeyId",
    "AWS::Personalize::DatasetGroup": "KmsKeyArn",
    "AWS::Pipes::Pipe": "KmsKeyIdentifier",
    "AWS::RDS::DBCluster": "KmsKeyId",
    "AWS::RDS::DBInstance": "KmsKeyId",
    "AWS::Redshift::Cluster": "KmsKeyId",
    "AWS::RedshiftServerless::Namespace": "KmsKeyId",
    "AWS::Rekognition::StreamProcessor": "KmsKeyId",
    "AWS::S3Tables::TableBucket": "EncryptionConfiguration.KMSKeyArn",
    "AWS::S3Vectors::Index": "EncryptionConfiguration?.KmsKeyArn",
    "AWS::S3Vectors::VectorBucket": "EncryptionConfiguration.KmsKeyArn",
    "AWS::SNS::Topic": "KmsMasterKeyId",
    "AWS::SQS::Queue": "KmsMasterKeyId",
    "AWS::SageMaker::Domain": "KmsKeyId",
    "AWS::SageMaker::InferenceExperiment": "KmsKey",
    "AWS::SageMaker::NotebookInstance": "KmsKeyId",
    "AWS::SageMaker::PartnerApp": "KmsKeyId",
    "AWS::Scheduler::Schedule": "KmsKeyArn",
    "AWS::SecretsManager::Secret": "KmsKeyId",
    "AWS::StepFunctions::Activity": "EncryptionConfiguration.KmsKeyId",
    "AWS::Timestream::Database": "KmsKeyId",
}
# The flag that must be true for the key to count.
FLAGS: Mapping[str, str] = {
    "AWS::DocDB::DBCluster": "StorageEncrypted",
    "AWS::EC2::Volume": "Encrypted",
    "AWS::EFS::FileSystem": "Encrypted",
    "AWS::ElastiCache::ReplicationGroup": "AtRestEncryptionEnabled",
    "AWS::Neptune::DBCluster": "StorageEncrypted",
    "AWS::OpenSearchService::Domain": "EncryptionAtRestOptions.Enabled",
    "AWS::RDS::DBCluster": "StorageEncrypted",
    "AWS::RDS::DBInstance": "StorageEncrypted",
    "AWS::Redshift::Cluster": "Encrypted",
}
SEVERAL: Mapping[str, Callable[[Resource], Iterator[Key]]] = {
    "AWS::S3::Bucket": _bucket_key,
    "AWS::S3Express::DirectoryBucket": _bucket_key,
    "AWS::DynamoDB::Table": _table_key,
    "AWS::DynamoDB::GlobalTable": _global_table_keys,
    "AWS::Athena::WorkGroup": _workgroup_key,
    "AWS::StepFunctions::StateMachine": _machine_key,
    "AWS::SageMaker::FeatureGroup": _feature_group_keys,
    "AWS::KinesisFirehose::DeliveryStream": _delivery_keys,
    "AWS::Glue::DataCatalogEncryptionSettings": _catalog_keys,
}
# Members of a cluster that is encrypted as a whole; a snapshot keeps the key that it has.
OF_A_CLUSTER = ("DBClusterIdentifier", "SnapshotIdentifier", "SourceDBInstanceIdentifier")


def keys_of(resource: Resource) -> Iterator[Key]:
    """Yield where each of its stores names a key, and the key."""
    if resource.type in SEVERAL:
        yield from SEVERAL[resource.type](resource)
        return
    if any(resource.at(name) for name in OF_A_CLUSTER):
        return
    flag = FLAGS.get(resource.type)
    on = flag is None or resource.at(*flag.split(".")) is True
    for where, key in values(resource.properties, PATHS[resource.type]):
        yield f"Properties.{where}", key if on else None


def check(template: Template, resource: Resource) -> Iterator[Finding]:
    """Yield each store without a customer key.

    A bucket that receives server access logs may use SSE-S3: log delivery has no access to
    customer keys with a default key policy, and AWS documents SSE-S3 for such targets.
    """
    for where, key in keys_of(resource):
        if key is not None and is_customer_key(template, key):
            continue
        if resource.type == "AWS::S3::Bucket" and resource.logical_id in log_targets(template):
            rule = plain(encryption_rule(resource).get("ServerSideEncryptionByDefault") or {})
            if rule.get("SSEAlgorithm") == "AES256":
                continue
        detail = "names no key" if key is None else f"names {text(key)}, no customer key"
        yield Finding(resource.logical_id, where, detail)


TYPES = (*PATHS, *SEVERAL)
RULE = Rule(
    id="MlLens-ENC1",
    practice="MLSEC02-BP01",
    message="data at rest must be encrypted with a customer managed key",
    fix="pass the architecture's kms.Key as the encryption key",
    check=per_resource(TYPES, check),
    types=TYPES,
    compliant=one("AWS::SQS::Queue", KmsMasterKeyId=KEY_ARN),
    violating=one("AWS::SQS::Queue", KmsMasterKeyId="alias/aws/sqs"),
    beyond=("AwsSolutions-SQS4", "NIST.800.53.R5-S3DefaultEncryptionKMS"),
)
