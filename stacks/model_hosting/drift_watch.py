"""The watch on drift: by the clock, a job for the last window, and news of what it has found."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from cdk_monitoring_constructs import CustomMetricGroup, CustomMetricWithAlarm, CustomThreshold
from constructs import Construct

from guardrails import waive
from stacks.model_hosting.endpoint_request import CHAMPION
from stacks.model_hosting.model_role import REPOSITORY
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.drift import FUNCTION_SECONDS, watch_machine
from stacks.shared.alarm import AlarmText
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.function import PythonFunction
from stacks.shared.hand_offs import allow_events, allow_files
from stacks.shared.images import Images
from stacks.shared.job_archive import archived
from stacks.shared.job_role import JobRole
from stacks.shared.machine import Machine
from stacks.shared.monitoring import Monitoring
from stacks.shared.permissions import allow
from stacks.shared.rule import EventRule
from stacks.shared.source_code import SHARED_CODE

PACKAGE = "model_hosting"
LAG_MINUTES = 15  # after the end of a window, for captures that come late
LONGEST_NAME = 36  # of the endpoint in a job's name, which has 63 letters
NOT_MEASURED = AlarmText(
    severity="low",
    happened="A window of captured requests could not be measured for drift.",
    do="Its execution says why: mend that, then redrive within ninety days.",
    heading="A window that was not measured",
)
DRIFTED = AlarmText(
    severity="low",
    happened="Requests, or what came true, differ from what the model has learnt of.",
    do="The window's record names features and tests; training was asked for another model.",
    heading="Drift",
)


class DriftWatch(Construct):
    """What an architecture has that captures, and whose ``drift_hours`` are not 0."""

    def __init__(
        self, scope: Construct, construct_id: str, settings: ModelHosting, *, resources: Resources
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings, self._resources = settings, resources
        key, captures = resources.key, resources.captures
        jobs = f"{resources.endpoint[:LONGEST_NAME]}-drift"

        # What there is.
        windows = ExpiringTable(self, "Windows", entry="entry", key=key)
        self.undelivered = DeadLetters(self, "WindowsUndelivered", key=key)
        self.prepare = self._function("PrepareWindow", "prepare_window", windows, {
            "ENDPOINT_NAME": resources.endpoint,
            "VARIANT_NAME": CHAMPION,
            "JOB_PREFIX": jobs,
            "WINDOW_HOURS": str(settings.drift_hours),
            "LAG_MINUTES": str(LAG_MINUTES),
            "TRUTH_HOURS": str(settings.truth_hours),
            "ERROR_RATE": str(settings.drift_error_rate),
            "LEAST_DISTANCE": str(settings.drift_least_distance),
            "LEAST_STABILITY": str(settings.drift_least_stability),
        })  # fmt: skip
        wish = resources.inputs.retraining
        self.publish = self._function("PublishDrift", "publish_drift", windows, {
            "WISH_SOURCE": wish.source, "WISH_TYPE": wish.detail_type,
        })  # fmt: skip
        modules = assets.Asset(self, "Modules", path=str(archived(PACKAGE, beside=(SHARED_CODE,))))
        role = JobRole(self, "JobRole", key=key, logs="ProcessingJobs")
        self.machine = Machine(
            self,
            "Watch",
            definition=watch_machine(settings),
            substitutions={
                "PrepareWindow": self.prepare.function.function_arn,
                "PublishDrift": self.publish.function.function_arn,
                "Windows": windows.table_name,
                "Captures": captures.bucket_name,
                "KeyArn": key.key_arn,
                "DriftRole": role.role_arn,
                "DriftImage": Images(self, "Images", group="framework").uri(
                    REPOSITORY, settings.drift_image_tag
                ),
                "DriftCode": f"s3://{modules.s3_bucket_name}/{modules.s3_object_key}",
                "DriftModules": modules.s3_object_key,
            },
            key=key,
            log_days=settings.log_days,
        )
        waive(
            self.machine.resource,
            "container_outside_vpc",
            because="Its job runs in network isolation: it can call nobody at all.",
        )

        # Who calls whom.
        EventRule(
            self,
            "Clock",
            description="A window of captured requests is full.",
            when=settings.drift_schedule,
        ).start(self.machine, failures=self.undelivered)
        for function in (self.prepare, self.publish):
            function.called_by_machine()

        # Who may do what.
        role.read_code(modules)
        role.use(captures, writes="drift/", reads=["captured/", "truths/", "windows/"])
        self._allow_preparing(windows)
        self._allow_publishing(windows)
        self._allow_watching(windows, role, jobs)

        # What is monitored, and what a person needs to use it.
        resources.monitoring.monitor_machine(self.machine, NOT_MEASURED)
        resources.monitoring.monitor_dead_letters(self.undelivered)
        monitor_drift(resources.monitoring)
        self.outputs = {
            "WatchStateMachineArn": self.machine.arn,
            "WindowsTableName": windows.table_name,
            "WindowsUndeliveredQueueUrl": self.undelivered.queue_url,
        }

    @property
    def functions(self) -> list[PythonFunction]:
        """The functions that the machine waits for."""
        return [self.prepare, self.publish]

    def _function(
        self, name: str, module: str, windows: ExpiringTable, environment: dict[str, str]
    ) -> PythonFunction:
        return PythonFunction(
            self,
            name,
            entry=f"{PACKAGE}.{module}",
            key=self._resources.key,
            powertools=self._resources.powertools,
            environment={
                "CAPTURES_BUCKET": self._resources.captures.bucket_name,
                "WINDOWS_TABLE": windows.table_name,
                **environment,
            },
            timeout=Duration.seconds(FUNCTION_SECONDS),
            memory_mib=512,
            log_days=self._settings.log_days,
        )

    def _allow_preparing(self, windows: ExpiringTable) -> None:
        role, resources = self.prepare.role, self._resources
        windows.allow(role, "dynamodb:UpdateItem")
        resources.captures.allow(role, "s3:PutObject", prefix="windows/")
        allow(
            role,
            "s3:ListBucket",
            on=[resources.captures.bucket_arn],
            conditions={"StringLike": {"s3:prefix": ["captured/*", "truths/*"]}},
        )
        allow_files(role, resources.inputs.model_files)
        resources.key.allow(role, "kms:Decrypt", through=["dynamodb"])
        resources.key.allow(role, "kms:GenerateDataKey", through=["s3"])
        name, maker = resources.endpoint, resources.inputs.model_files.stack_name.lower()
        configs = arn_here("sagemaker", f"endpoint-config/{name}-v*")
        models = arn_here("sagemaker", f"model/{name}-v*")
        packages = arn_here("sagemaker", f"model-package/{maker}*")
        allow(role, "sagemaker:DescribeEndpoint", on=[arn_here("sagemaker", f"endpoint/{name}")])
        allow(role, "sagemaker:DescribeEndpointConfig", on=[configs])
        allow(role, "sagemaker:DescribeModel", on=[models])
        allow(role, "sagemaker:DescribeModelPackage", on=[packages])
        waive(
            role,
            "object_wildcard",
            because="Versions are numbered at run time, so a grant stops at the endpoint's name.",
            findings=[finding_on(each) for each in (configs, models, packages)],
        )

    def _allow_publishing(self, windows: ExpiringTable) -> None:
        role, resources = self.publish.role, self._resources
        windows.allow(role, "dynamodb:GetItem", "dynamodb:UpdateItem")
        resources.captures.allow(role, "s3:GetObject", "s3:PutObject", prefix="drift/")
        resources.key.allow(role, "kms:Decrypt", through=["dynamodb", "s3"])
        resources.key.allow(role, "kms:GenerateDataKey", through=["s3"])
        allow_events(role, resources.inputs.retraining)

    def _allow_watching(self, windows: ExpiringTable, job_role: iam.Role, jobs: str) -> None:
        role, resources = self.machine.role, self._resources
        for function in (self.prepare, self.publish):
            allow(role, "lambda:InvokeFunction", on=[function.function.function_arn])
        windows.allow(role, "dynamodb:UpdateItem")
        resources.key.allow(role, "kms:Decrypt", through=["dynamodb"])
        own = arn_here("sagemaker", f"processing-job/{jobs}-*")
        allow(role, "sagemaker:CreateProcessingJob", "sagemaker:DescribeProcessingJob", on=[own])
        waive(
            role,
            "object_wildcard",
            because="Jobs are named after their windows, at run time.",
            findings=[finding_on(own)],
        )
        # Whoever asks for a volume lets SageMaker use its key.
        allow(
            role,
            *("kms:CreateGrant", "kms:DescribeKey"),
            on=[resources.key.key_arn],
            conditions={
                "StringEquals": {"kms:ViaService": f"sagemaker.{Aws.REGION}.{Aws.URL_SUFFIX}"},
            },
        )
        allow(
            role,
            "iam:PassRole",
            on=[job_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        )


def monitor_drift(monitoring: Monitoring) -> None:
    """Chart what windows tell; raise an alarm for one that has drifted."""
    rung = CustomThreshold(
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        threshold=0,
        **monitoring.options("Drifted", DRIFTED),
    )
    told = ("WindowsJudged", "WindowsNotJudged", "RecordsSetAside", "WindowRows")
    right = ("Accuracy", "AreaUnderCurve")
    monitoring.monitor_custom(
        human_readable_name="Drift",
        alarm_friendly_name="Drift",
        metric_groups=[
            CustomMetricGroup(title="Windows", metrics=[monitoring.metric(n) for n in told]),
            CustomMetricGroup(
                title="Rightness", metrics=[monitoring.metric(n, "Average") for n in right]
            ),
            CustomMetricGroup(
                title="Drifted",
                metrics=[
                    CustomMetricWithAlarm(
                        metric=monitoring.metric("FeaturesDrifted", "Maximum"),
                        alarm_friendly_name="Drifted",
                        add_alarm={"Some": rung},
                    )
                ],
            ),
        ],
    )
