"""What a waiver can be about: each concern, and the rules that raise it in every pack."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

NIST, HIPAA, PCI = "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321"
AWS, SERVERLESS, ML_LENS = "AwsSolutions", "Serverless", "MlLens"
POLICIES = ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
BUCKET, TABLE, FUNCTION = (
    ("AWS::S3::Bucket",),
    ("AWS::DynamoDB::Table",),
    ("AWS::Lambda::Function",),
)
MAPPING = ("AWS::Lambda::EventSourceMapping",)
BASIC_EXECUTION = "arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


# What the packs want of every function, whoever writes it.
INSIDE = ("IAMNoInlinePolicy", "LambdaInsideVPC")
QUEUED = ("LambdaConcurrency", "LambdaDLQ")


@dataclass(frozen=True)
class Concern:
    """One worry that several packs word differently.

    ``rules`` holds rule ids by pack. ``resource_types`` are the CloudFormation types on which the
    concern can be raised. Where a rule reports each finding by itself, ``finding_pattern`` says
    which of them are this concern; such a waiver may stand on a role, for whichever of its
    policies holds the finding, if each finding is exact (``exact_findings``). ``cdk_makes`` is a
    pattern of the construct ids for a concern about code that CDK itself brings.
    """

    means: str
    resource_types: tuple[str, ...]
    rules: Mapping[str, tuple[str, ...]]
    finding_pattern: str | None = None
    default_findings: tuple[str, ...] = ()
    exact_findings: bool = False
    cdk_makes: str | None = None

    def ids(self, findings: Iterable[str]) -> Iterator[str]:
        """Spell the qualified ids, one for each finding where the rule reports findings."""
        details = [f"[{finding}]" for finding in findings] or [""]
        for pack, rules in self.rules.items():
            for rule in rules:
                yield from (f"{pack}::{rule}{detail}" for detail in details)


def _everywhere(
    *names: str, packs: Iterable[str] = (NIST, HIPAA, PCI)
) -> dict[str, tuple[str, ...]]:
    return {pack: tuple(f"{pack}-{name}" for name in names) for pack in packs}


def _wildcard(
    means: str, pattern: str, *, defaults: tuple[str, ...] = (), exact: bool = True
) -> Concern:
    types = (*POLICIES, "AWS::IAM::Role") if exact else POLICIES
    return Concern(means, types, {AWS: ("AwsSolutions-IAM5",)}, pattern, defaults, exact)


CONCERNS: Mapping[str, Concern] = {
    # Functions.
    "outside_vpc": Concern(
        "the function is not attached to a VPC", FUNCTION, _everywhere("LambdaInsideVPC")
    ),
    "no_reserved_concurrency": Concern(
        "the function has no concurrency of its own",
        FUNCTION,
        _everywhere("LambdaConcurrency", packs=(NIST, HIPAA)),
    ),
    "no_dead_letter_target": Concern(
        "the function itself has no dead-letter queue",
        FUNCTION,
        _everywhere("LambdaDLQ", packs=(NIST, HIPAA, SERVERLESS)),
    ),
    "no_failure_destination": Concern(
        "the event source mapping has no destination for failures",
        MAPPING,
        _everywhere("LambdaEventSourceMappingDestination", packs=(SERVERLESS,)),
    ),
    "no_async_destination": Concern(
        "the asynchronous invocations have no destination for failures",
        ("AWS::Lambda::EventInvokeConfig",),
        _everywhere("LambdaAsyncFailureDestination", packs=(SERVERLESS,)),
    ),
    "not_traced": Concern(
        "the function sends no traces",
        FUNCTION,
        _everywhere("LambdaTracing", packs=(SERVERLESS,)),
    ),
    # Containers of SageMaker, and what answers for them.
    "container_outside_vpc": Concern(
        "the containers are in no VPC, and can call nobody, as they run in network isolation",
        ("AWS::StepFunctions::StateMachine", "AWS::SageMaker::Pipeline", "AWS::SageMaker::Model"),
        {ML_LENS: ("MlLens-SMK2",)},
    ),
    "container_not_isolated": Concern(
        "a serverless endpoint takes no isolated container: its role alone says what it may call",
        ("AWS::StepFunctions::StateMachine",),
        {ML_LENS: ("MlLens-SMK1",)},
    ),
    "one_instance": Concern(
        "a variant that answers has one instance",
        ("AWS::StepFunctions::StateMachine", "AWS::SageMaker::EndpointConfig"),
        {ML_LENS: ("MlLens-SMK8",)},
    ),
    # APIs.
    "api_signed_by_iam": Concern(
        "the API knows its callers by IAM, and asks no user pool",
        ("AWS::ApiGateway::Method",),
        {AWS: ("AwsSolutions-COG4",)},
    ),
    "api_without_web_acl": Concern(
        "no web ACL stands before the API",
        ("AWS::ApiGateway::Stage",),
        {**_everywhere("APIGWAssociatedWithWAF", packs=(NIST, PCI)), AWS: ("AwsSolutions-APIG3",)},
    ),
    "api_without_cache": Concern(
        "the API keeps no answers",
        ("AWS::ApiGateway::Stage",),
        _everywhere("APIGWCacheEnabledAndEncrypted"),
    ),
    "api_without_client_certificate": Concern(
        "the API shows its backend no certificate",
        ("AWS::ApiGateway::Stage",),
        _everywhere("APIGWSSLEnabled"),
    ),
    # Buckets.
    "no_replication": Concern(
        "the bucket is not replicated to another Region",
        BUCKET,
        _everywhere("S3BucketReplicationEnabled"),
    ),
    "no_access_log": Concern(
        "the access to the bucket is not logged",
        BUCKET,
        {**_everywhere("S3BucketLoggingEnabled"), AWS: ("AwsSolutions-S1",)},
    ),
    "not_customer_key": Concern(
        "the bucket is not encrypted with a customer managed key",
        BUCKET,
        {**_everywhere("S3DefaultEncryptionKMS"), ML_LENS: ("MlLens-ENC1",)},
    ),
    # Tables.
    "not_in_backup_plan": Concern(
        "the table is in no AWS Backup plan",
        TABLE,
        _everywhere("DynamoDBInBackupPlan", packs=(NIST, HIPAA)),
    ),
    "ephemeral_ledger": Concern(
        "the table only remembers what was done, and is neither backed up nor restored",
        TABLE,
        {
            **_everywhere("DynamoDBInBackupPlan", "DynamoDBPITREnabled", packs=(NIST, HIPAA)),
            AWS: ("AwsSolutions-DDB3",),
        },
    ),
    # Queues, topics and what listens to them.
    "no_redrive_policy": Concern(
        "the queue has no dead-letter queue, being one",
        ("AWS::SQS::Queue",),
        {**_everywhere("SQSRedrivePolicy", packs=(SERVERLESS,)), AWS: ("AwsSolutions-SQS3",)},
    ),
    "no_subscription_redrive": Concern(
        "what a subscriber does not take is lost",
        ("AWS::SNS::Subscription",),
        {SERVERLESS: ("Serverless-SNSRedrivePolicy",), ML_LENS: ("MlLens-REL1",)},
    ),
    "no_rule_dead_letters": Concern(
        "what the rule cannot deliver is lost",
        ("AWS::Events::Rule",),
        {SERVERLESS: ("Serverless-EventBusDLQ",), ML_LENS: ("MlLens-REL1",)},
    ),
    # Where a pack wants the opposite of what we do, or cannot see it.
    "stream_under_our_key": Concern(
        "the stream uses a key of ours, and pays for its requests",
        ("AWS::Kinesis::Stream",),
        {AWS: ("AwsSolutions-KDS3",)},
    ),
    "encrypted_as_its_source": Concern(
        "the delivery stream reads another stream, and takes no encryption beside that one's",
        ("AWS::KinesisFirehose::DeliveryStream",),
        {AWS: ("AwsSolutions-KDF1",)},
    ),
    "default_security_group": Concern(
        "the network's default group, which nothing uses, is closed by no resource of the template",
        ("AWS::EC2::VPC",),
        _everywhere("VPCDefaultSecurityGroupClosed"),
    ),
    # Permissions.
    "inline_policy": Concern(
        "the policy belongs to one role alone",
        ("AWS::IAM::Policy", "AWS::IAM::Role"),
        _everywhere("IAMNoInlinePolicy"),
    ),
    "unscopable_action": _wildcard(
        "AWS offers no resource to scope the action to",
        r"Resource::\*",
        defaults=("Resource::*",),
        exact=False,
    ),
    "object_wildcard": _wildcard(
        "the grant covers whatever lies below a prefix", r"Resource::.+\*"
    ),
    "kms_data_key_wildcards": _wildcard(
        "the grant covers the variants of one KMS operation",
        r"Action::kms:(GenerateDataKey|ReEncrypt)\*",
        defaults=("Action::kms:GenerateDataKey*", "Action::kms:ReEncrypt*"),
    ),
    "grant_wildcards": _wildcard(
        "a grant of CDK covers the variants of one operation", r"Action::[a-z0-9-]+:[A-Z]\w+\*"
    ),
    "custom_resource_provider": Concern(
        "the function is CDK's own and runs only while CloudFormation deploys",
        ("AWS::Lambda::Function", "AWS::IAM::Role", "AWS::IAM::Policy"),
        {
            NIST: tuple(f"{NIST}-{name}" for name in (*INSIDE, *QUEUED)),
            HIPAA: tuple(f"{HIPAA}-{name}" for name in (*INSIDE, *QUEUED)),
            PCI: tuple(f"{PCI}-{name}" for name in INSIDE),
            AWS: (
                f"AwsSolutions-IAM4[Policy::{BASIC_EXECUTION}]",
                "AwsSolutions-IAM5[Resource::*]",
                "AwsSolutions-L1",
            ),
            SERVERLESS: (
                "Serverless-LambdaDLQ",
                "Serverless-LambdaDefaultMemorySize",
                "Serverless-LambdaLatestVersion",
                "Serverless-LambdaTracing",
            ),
            ML_LENS: ("MlLens-LOG1",),
        },
        cdk_makes=r"Custom::.+|BucketNotificationsHandler[0-9a-f]{32}|LogRetention[0-9a-f]{32}"
        r"|AWS[0-9a-f]{32}",
    ),
}
