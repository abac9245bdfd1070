"""A small stack with what a serverless architecture is made of, and an app that guards it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Duration, RemovalPolicy, Stack
from aws_cdk import aws_athena as athena
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from guardrails import ALL_PACKS, FAIL_CLOSED, below, gate, guard, waive

ROOT = Path(__file__).parents[2]


class Sample(Stack):
    """Frames arrive, a queue tells a function, which writes results that Athena reads."""

    def __init__(self, scope: Construct, construct_id: str, *, code: Path) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(self, "Key", enable_key_rotation=True)
        self.access_logs = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[_expiring(90)],
            removal_policy=RemovalPolicy.RETAIN,
        )
        self.frames = self._bucket("Frames", disposable=True)
        self.results = self._bucket("Results")
        self.dead = self._queue("Dead", None)
        self.queue = self._queue("Queue", self.dead)
        self._tell_the_queue()
        self.ledger = dynamodb.Table(
            self,
            "Ledger",
            partition_key=dynamodb.Attribute(name="frame_id", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=self.key,
            time_to_live_attribute="expires_at",
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.logs = logs.LogGroup(
            self,
            "Logs",
            retention=logs.RetentionDays.ONE_MONTH,
            encryption_key=self.key,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.role = iam.Role(self, "Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.logs.grant_write(self.role)
        self.function = lambda_.Function(
            self,
            "Analyze",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=lambda_.Code.from_asset(str(code)),
            layers=[lambda_.LayerVersion(self, "Layer", code=lambda_.Code.from_asset(str(code)))],
            role=self.role,
            log_group=self.logs,
            timeout=Duration.seconds(60),
            memory_size=512,
        )
        self.function.add_event_source(
            sources.SqsEventSource(self.queue, max_concurrency=2, report_batch_item_failures=True)
        )
        self.frames.grant_read(self.role)
        self.results.grant_put(self.role)
        self.ledger.grant(self.role, "dynamodb:BatchGetItem", "dynamodb:PutItem")
        self.detect = iam.Policy(
            self,
            "Detect",
            roles=[self.role],
            statements=[iam.PolicyStatement(actions=["rekognition:DetectFaces"], resources=["*"])],
        )
        self.topic = sns.Topic(self, "Alarms", master_key=self.key, enforce_ssl=True)
        cloudwatch.Alarm(
            self,
            "DeadLetters",
            metric=self.dead.metric_approximate_number_of_messages_visible(),
            threshold=1,
            evaluation_periods=1,
        ).add_alarm_action(actions.SnsAction(self.topic))
        cloudwatch.Dashboard(self, "Dashboard").add_widgets(
            cloudwatch.GraphWidget(left=[self.function.metric_errors()])
        )
        self.workgroup = athena.CfnWorkGroup(
            self,
            "Workgroup",
            name="sample",
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{self.results.bucket_name}/queries/",
                    encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                        encryption_option="SSE_KMS", kms_key=self.key.key_arn
                    ),
                ),
            ),
        )
        database = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=self.account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(name="sample"),
        )
        glue.CfnTable(
            self,
            "Faces",
            catalog_id=self.account,
            database_name="sample",
            table_input=glue.CfnTable.TableInputProperty(name="faces"),
        ).add_resource_dependency(database)

    def _tell_the_queue(self) -> None:
        # The grants are ours, because CDK's would let S3 in without asking for whom. For the same
        # reason the destination is given without its key: CDK then adds no grant to it.
        s3_for_us = iam.ServicePrincipal(
            "s3.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": self.account}}
        )
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[s3_for_us],
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=["*"],
            )
        )
        self.queue.grant_send_messages(s3_for_us)
        bare = sqs.Queue.from_queue_arn(self, "Bare", self.queue.queue_arn)
        self.frames.add_event_notification(
            s3.EventType.OBJECT_CREATED, notifications.SqsDestination(bare)
        )

    def _bucket(self, name: str, *, disposable: bool = False) -> s3.Bucket:
        return s3.Bucket(
            self,
            name,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            enforce_ssl=True,
            versioned=True,
            lifecycle_rules=[_expiring(1)],
            server_access_logs_bucket=self.access_logs,
            server_access_logs_prefix=f"{name}/",
            auto_delete_objects=disposable,
            removal_policy=RemovalPolicy.DESTROY if disposable else RemovalPolicy.RETAIN,
        )

    def _queue(self, name: str, dead: sqs.Queue | None) -> sqs.Queue:
        return sqs.Queue(
            self,
            name,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=self.key,
            enforce_ssl=True,
            retention_period=Duration.days(4),
            visibility_timeout=Duration.minutes(6),
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=5)
            if dead
            else None,
        )


def _expiring(days: int) -> s3.LifecycleRule:
    return s3.LifecycleRule(
        expiration=Duration.days(days),
        noncurrent_version_expiration=Duration.days(1),
        abort_incomplete_multipart_upload_after=Duration.days(1),
    )


def waive_everything(stack: Sample) -> None:
    """Waive each finding that the sample is made to have, by the concern that it is about."""
    children = stack.node.find_all()
    find = {child.node.path.removeprefix(f"{stack.node.path}/"): child for child in children}
    for bucket in (stack.access_logs, stack.frames, stack.results):
        waive(bucket, "no_replication", because="A copy in another Region would outlive its end.")
    waive(
        stack.access_logs,
        "not_customer_key",
        because="S3 delivers access logs only to a bucket with keys of its own.",
    )
    waive(stack.frames, "inline_policy", because="It is the notification handler's and no other's.")
    waive(stack.detect, "inline_policy", because="The policy is of this role and of no other one.")
    waive(
        find["Role/DefaultPolicy"],
        "inline_policy",
        because="The policy is of this role and of no other one.",
    )
    waive(
        stack.ledger,
        "ephemeral_ledger",
        because="An entry only saves a second analysis, and is gone in a week.",
    )
    function = stack.function
    waive(function, "no_reserved_concurrency", because="The event source limits it to two at once.")
    waive(function, "no_dead_letter_target", because="Only the queue invokes it, and redrives it.")
    waive(function, "outside_vpc", because="It calls the APIs of AWS and nothing private at all.")
    waive(function, "not_traced", because="A sample has nobody who would ever look at its traces.")
    waive(
        function,
        "no_failure_destination",
        because="For a queue the failures go to its dead-letter queue.",
    )
    waive(stack.dead, "no_redrive_policy", because="It is where failures end, and a person reads.")
    waive(
        stack.detect,
        "unscopable_action",
        because="An image has no ARN, so DetectFaces has no resource to name.",
    )
    waive(
        stack.role,
        "object_wildcard",
        because="Uploaders choose the keys, so the grant stops at the bucket.",
        findings=[below(stack.frames), below(stack.results)],
    )
    waive(stack.role, "kms_data_key_wildcards", because="CDK grants a data key's two variants so.")
    waive(
        stack.role,
        "grant_wildcards",
        because="CDK grants reading and writing of a bucket with these.",
        findings=[f"Action::s3:{name}*" for name in ("GetBucket", "GetObject", "List", "Abort")],
    )
    for name in find:
        if name.partition("/")[0] == name and name.startswith(("Custom::", "BucketNotif")):
            waive(
                find[name],
                "custom_resource_provider",
                because="It is CDK's own and runs only while a deployment does.",
            )


@pytest.fixture(scope="session")
def context() -> dict[str, object]:
    """Read the feature flags of cdk.json, which pytest does not read by itself."""
    flags: dict[str, object] = json.loads((ROOT / "cdk.json").read_text("utf-8"))["context"]
    return flags


@pytest.fixture(scope="session")
def make_app(context: dict[str, object]) -> Callable[..., App]:
    """Make apps with our context."""

    def make(outdir: Path, **changes: Any) -> App:
        options: dict[str, Any] = {
            "outdir": str(outdir),
            "context": context,
            "post_cli_context": FAIL_CLOSED,
            "builtin_cloud_formation_validation": False,
            "analytics_reporting": False,
        }
        return App(**{**options, **changes})

    return make


@pytest.fixture
def new_app(tmp_path: Path, make_app: Callable[..., App]) -> Callable[..., App]:
    """Make apps with our context, each in a directory of its own."""

    def make(name: str = "out", **changes: Any) -> App:
        return make_app(tmp_path / name, **changes)

    return make


@pytest.fixture(scope="session")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a function's code."""
    directory = tmp_path_factory.mktemp("code")
    (directory / "index.py").write_text("def handler(event, context): ...\n")
    return directory


@pytest.fixture(scope="session")
def clean_sample(
    tmp_path_factory: pytest.TempPathFactory, make_app: Callable[..., App], code: Path
) -> Path:
    """Synthesize the sample with everything waived, under all packs, and pass the gate."""
    outdir = tmp_path_factory.mktemp("sample")
    app = make_app(outdir)
    stack = Sample(app, "Sample", code=code)
    waive_everything(stack)
    guard(app, packs=ALL_PACKS)
    app.synth()
    gate(app)
    return outdir
