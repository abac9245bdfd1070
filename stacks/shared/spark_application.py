"""An application of EMR Serverless for one job that never ends, and the role that the job has."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_emrserverless as emr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from guardrails import below, waive
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.job_archive import JOBS, archived
from stacks.shared.job_code import published
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, allow_unscoped, on_behalf_of, waive_inline
from stacks.shared.wheel_layer import staged_wheels

# Spark 3.5.6, as the tests have it, and the connector for Kinesis:
# https://docs.aws.amazon.com/emr/latest/ReleaseGuide/Spark-release-history.html
RELEASE = "emr-7.13.0"
PYTHON = "3.11"  # beside 3.9, which is what a job gets that asks for none
CONNECTOR = "/usr/share/aws/kinesis/spark-sql-kinesis/lib/spark-streaming-sql-kinesis-connector.jar"
# Of the driver and of each executor.
PROCESSORS, MEMORY_GB, OVERHEAD_GB, DISK_GB = 2, 8, 1, 20
ENGINE = "engine"  # the folder that the wheels are unpacked into
IDLE_MINUTES = 5
QUEUED_MINUTES = 15
_Application = emr.CfnApplication


@dataclass(frozen=True, slots=True)
class Network:
    """Where the workers are: nobody gets in, and they reach what the job reads and writes."""

    subnets: Sequence[str]
    security_groups: Sequence[str]


class SparkApplication(Construct):
    """Runs one job at a time, under the customer's key, within a bound; its logs are kept.

    Its name has a part that changes with what it is made of: an application that a job runs on
    cannot be changed, so another one takes its place.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: CustomerKey,
        network: Network,
        architecture: str,
        executors: int,
        log_days: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key, self._architecture, self._executors = key, architecture, executors
        self.log_group = logs.LogGroup(
            self, "Logs", encryption_key=key, removal_policy=RemovalPolicy.DESTROY
        )
        cast(logs.CfnLogGroup, self.log_group.node.default_child).retention_in_days = log_days
        key.serve_logs()
        workers = executors + 1
        made_of: dict[str, Any] = {
            "type": "Spark",
            "release_label": RELEASE,
            "architecture": {"arm64": "ARM64", "x86_64": "X86_64"}[architecture],
            "network_configuration": _Application.NetworkConfigurationProperty(
                subnet_ids=list(network.subnets), security_group_ids=list(network.security_groups)
            ),
            "maximum_capacity": _Application.MaximumAllowedResourcesProperty(
                cpu=f"{PROCESSORS * workers} vCPU",
                memory=f"{MEMORY_GB * workers} GB",
                disk=f"{DISK_GB * workers} GB",
            ),
            "auto_start_configuration": _Application.AutoStartConfigurationProperty(enabled=True),
            "auto_stop_configuration": _Application.AutoStopConfigurationProperty(
                enabled=True, idle_timeout_minutes=IDLE_MINUTES
            ),
            # Two that read from one checkpoint would do the same work.
            "scheduler_configuration": _Application.SchedulerConfigurationProperty(
                max_concurrent_runs=1, queue_timeout_minutes=QUEUED_MINUTES
            ),
            "interactive_configuration": _Application.InteractiveConfigurationProperty(
                studio_enabled=False, livy_endpoint_enabled=False
            ),
        }
        told = [RELEASE, architecture, executors, *network.subnets, *network.security_groups]
        mark = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:8]
        self.application = _Application(
            self,
            "Resource",
            name=f"{Stack.of(self).stack_name[:40]}-{construct_id[:14]}-{mark}",
            monitoring_configuration=_Application.MonitoringConfigurationProperty(
                cloud_watch_logging_configuration=_Application.CloudWatchLoggingConfigurationProperty(
                    enabled=True,
                    encryption_key_arn=key.key_arn,
                    log_group_name=self.log_group.log_group_name,
                    log_stream_name_prefix="job",
                    log_type_map=[
                        _Application.LogTypeMapKeyValuePairProperty(key=who, value=what)
                        for who, what in (
                            ("SPARK_DRIVER", ["STDOUT", "STDERR"]),
                            ("SPARK_EXECUTOR", ["STDERR"]),
                        )
                    ],
                ),
                # Else EMR keeps the same logs once more, for its console.
                managed_persistence_monitoring_configuration=_Application.ManagedPersistenceMonitoringConfigurationProperty(
                    enabled=False
                ),
            ),
            **made_of,
        )
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "emr-serverless.amazonaws.com",
                conditions=on_behalf_of(self.application.attr_arn),
            ),
        )
        self._write_logs()
        waive_inline(self.role)
        key.allow(self.role, "kms:Decrypt", "kms:GenerateDataKey", through=["emr-serverless"])

    def _write_logs(self) -> None:
        """Let the job write its logs.

        https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/logging.html
        """
        allow(
            self.role,
            *("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
            on=[self.log_group.log_group_arn],
        )
        allow_unscoped(
            self.role,
            "FindLogs",
            "logs:DescribeLogGroups",
            because="It lists groups, so it has no resource to scope to; of content it tells none.",
        )

    def job(self, entry: str, wheels: Path, arguments: Mapping[str, str]) -> dict[str, str]:
        """Publish a job's code; gives what a machine fills into a start of it, by name."""
        package, _, module = entry.partition(".")
        script = published(self, "Script", JOBS / package / f"{module}.py", reader=self.role)
        modules = archived(package, with_functions=True)
        code = published(self, "Modules", modules, reader=self.role)
        unpacked = staged_wheels(wheels, architecture=self._architecture, python=PYTHON)
        engine = published(self, "Wheels", unpacked, reader=self.role)
        python = f"/usr/bin/python{PYTHON}"
        settings = {
            "spark.archives": f"{engine.s3_object_url}#{ENGINE}",
            **{
                f"{where}.{name}": value
                for where in ("spark.emr-serverless.driverEnv", "spark.executorEnv")
                for name, value in (
                    ("PYSPARK_PYTHON", python),
                    ("PYTHONPATH", f"./{ENGINE}/python"),
                )
            },
            "spark.emr-serverless.driverEnv.PYSPARK_DRIVER_PYTHON": python,
            **{
                f"spark.{who}.{name}": value
                for who in ("driver", "executor")
                for name, value in (
                    ("cores", str(PROCESSORS)),
                    ("memory", f"{MEMORY_GB - OVERHEAD_GB}g"),
                    ("memoryOverhead", f"{OVERHEAD_GB}g"),
                )
            },
            "spark.emr-serverless.driver.disk": f"{DISK_GB}g",
            "spark.emr-serverless.executor.disk": f"{DISK_GB}g",
            "spark.dynamicAllocation.enabled": "true",
            "spark.dynamicAllocation.initialExecutors": "1",
            "spark.dynamicAllocation.minExecutors": "1",
            "spark.dynamicAllocation.maxExecutors": str(self._executors),
            "spark.speculation": "false",  # the connector asks for it
            "spark.sql.session.timeZone": "UTC",
        }
        return {
            "Application": self.application.attr_application_id,
            "JobRole": self.role.role_arn,
            "Script": script.s3_object_url,
            "SparkParameters": " ".join(
                [
                    *("--py-files", code.s3_object_url, "--jars", CONNECTOR),
                    *(f"--conf {name}={value}" for name, value in settings.items()),
                ]
            ),
            "Key": self._key.key_arn,
            **arguments,
        }

    def allow_running(self, role: iam.Role) -> None:
        """Let the role of a machine look for runs of the job, and start one.

        Who starts a run needs the key that its logs and disks are under:
        https://docs.aws.amazon.com/emr/latest/EMR-Serverless-UserGuide/jobs-log-encryption.html
        """
        actions = ("emr-serverless:ListJobRuns", "emr-serverless:StartJobRun")
        allow(role, *actions, on=[self.application.attr_arn])
        passed = {"StringEquals": {"iam:PassedToService": "emr-serverless.amazonaws.com"}}
        allow(role, "iam:PassRole", on=[self.role.role_arn], conditions=passed)
        self._key.allow(role, "kms:Decrypt", "kms:GenerateDataKey", through=["emr-serverless"])

    def allow_stopping(self, role: iam.Role) -> None:
        """Let a role end runs of the job, and then stop the application."""
        named = self.application.attr_application_id
        of_runs = arn_here("emr-serverless", f"/applications/{named}/jobruns/*")
        application = ("GetApplication", "ListJobRuns", "StopApplication")
        allow(
            role,
            *(f"emr-serverless:{action}" for action in application),
            on=[self.application.attr_arn],
        )
        allow(role, "emr-serverless:CancelJobRun", on=[of_runs])
        runs = below(self.application, "/jobruns/*", attribute="ApplicationId")
        runs = f"/applications/{runs.removeprefix('Resource::')}"
        waive(
            role,
            "object_wildcard",
            because="Runs are named when they start, so the grant stops at the application.",
            findings=[finding_on(arn_here("emr-serverless", runs))],
        )
