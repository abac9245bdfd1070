"""A Spark job of Glue: its script, role, logs and keys, with no default left to chance."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from aws_cdk import (
    AssetStaging,
    Aws,
    Duration,
    FileAssetPackaging,
    RemovalPolicy,
    Stack,
)
from aws_cdk import aws_glue as glue
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from stacks.shared.arns import arn_here
from stacks.shared.glue_security import encrypted_by
from stacks.shared.job_archive import FUNCTIONS, JOBS, archived
from stacks.shared.job_code import published
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, on_behalf_of, waive_inline
from stacks.shared.wheel_layer import fetched_wheels

# Spark 3.5.6, Iceberg 1.10.0, Python 3.11: what the tests run.
VERSION = glue.GlueVersion.V5_1
PYTHON, MACHINE = "3.11", "x86_64"
# Of what pip may do with the wheels: Glue has it ask no index, and take what is named alone.
PIP_OPTIONS = "--no-index --no-deps"
CATALOG = "glue_catalog"
_ICEBERG = "org.apache.iceberg"
# The Data Catalog as Spark's catalog of Iceberg tables, the same keys wherever it runs.
_SPARK = {
    "spark.sql.extensions": f"{_ICEBERG}.spark.extensions.IcebergSparkSessionExtensions",
    f"spark.sql.catalog.{CATALOG}": f"{_ICEBERG}.spark.SparkCatalog",
    f"spark.sql.catalog.{CATALOG}.type": "glue",
    f"spark.sql.catalog.{CATALOG}.io-impl": f"{_ICEBERG}.aws.s3.S3FileIO",
    f"spark.sql.catalog.{CATALOG}.cache-enabled": "false",
    "spark.sql.session.timeZone": "UTC",
}


class SparkJob(Construct):
    """A job that may read its code and write its logs, and nothing else until granted more.

    ``entry`` names the module exactly as a test imports it. Its package ships, alone or, where it
    does what a function does, with the functions' part of it, and the wheels that those need.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        entry: str,
        key: CustomerKey,
        description: str,
        arguments: Mapping[str, str],
        workers: int,
        flex: bool,
        timeout: Duration,
        runs_at_once: int,
        log_days: int,
        with_functions: bool = False,
    ) -> None:
        super().__init__(scope, construct_id)
        name = f"{Stack.of(self).stack_name}-{construct_id}"
        package, _, module = entry.partition(".")
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "glue.amazonaws.com", conditions=on_behalf_of(arn_here("glue", "*"))
            ),
        )
        security = encrypted_by(key, self, name)
        prefix = f"/{Stack.of(self).stack_name}/{construct_id}"
        self._write_logs(f"{prefix}/{name}-role/{self.role.role_name}", key, log_days)
        options: dict[str, Any] = {
            # The construct would let it read whole buckets of assets.
            "role": self.role.without_policy_updates(),
            "script": self._code("Script", JOBS / package / f"{module}.py"),
            "extra_python_files": [
                self._code("Modules", archived(package, with_functions=with_functions))
            ],
            "glue_version": VERSION,
            "worker_configuration": glue.WorkerConfiguration(
                number_of_workers=workers, worker_type=glue.WorkerType.G_1X
            ),
            "description": description,
            "max_concurrent_runs": runs_at_once,
            "max_retries": 0,  # whoever starts it tries again
            "timeout": timeout,
            # Glue 5 logs in real time, to the groups of the prefix.
            "continuous_logging": glue.ContinuousLoggingProps(enabled=False),
            "enable_metrics": False,
            "enable_observability_metrics": False,
            "security_configuration": (
                glue.SecurityConfiguration.from_security_configuration_name(
                    self, "Named", security.name
                )
            ),
            "default_arguments": {
                "--conf": " --conf ".join(f"{k}={v}" for k, v in _SPARK.items()),
                "--custom-logGroup-prefix": prefix,
                "--datalake-formats": "iceberg",
                "--enable-auto-scaling": "true",
                "--job-bookmark-option": "job-bookmark-disable",
                **(
                    self._wheels(FUNCTIONS / package / "requirements.txt") if with_functions else {}
                ),
                **arguments,
            },
        }
        kind = glue.PySparkFlexEtlJob if flex else glue.PySparkEtlJob
        self.job = kind(self, "Resource", **options)
        self.job.node.add_dependency(security)
        waive_inline(self.role)

    def allow_running(self, role: iam.Role) -> None:
        """Let the role of a state machine run it and wait for its end, or stop it.

        https://docs.aws.amazon.com/step-functions/latest/dg/connect-glue.html
        """
        allow(
            role,
            *("glue:StartJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:BatchStopJobRun"),
            on=[self.job.job_arn],
        )

    def _code(self, construct_id: str, path: Path) -> glue.Code:
        asset = published(self, construct_id, path, reader=self.role)
        return glue.Code.from_bucket(asset.bucket, asset.s3_object_key)

    def _wheels(self, requirements: Path) -> dict[str, str]:
        """Publish wheels, and have Glue install them.

        By their own names, without which pip takes no wheel for one: the name of any other asset is
        a hash.
        """
        stack, places = Stack.of(self), list[str]()
        for wheel in fetched_wheels(requirements, MACHINE, PYTHON):
            staged = AssetStaging(self, wheel.stem, source_path=str(wheel))
            at = stack.synthesizer.add_file_asset(
                packaging=FileAssetPackaging.FILE,
                source_hash=wheel.stem,
                file_name=staged.relative_staged_path(stack),
            )
            place = f"{at.bucket_name}/{at.object_key}"
            allow(self.role, "s3:GetObject", on=[f"arn:{Aws.PARTITION}:s3:::{place}"])
            places.append(f"s3://{place}")
        return {
            "--additional-python-modules": ",".join(places),
            "--python-modules-installer-option": PIP_OPTIONS,
        }

    def _write_logs(self, group: str, key: CustomerKey, days: int) -> None:
        """Make the log groups that Glue would make by itself, and keep for ever.

        https://docs.aws.amazon.com/glue/latest/dg/monitor-continuous-logging.html
        """
        key.serve_logs()
        for kind in ("output", "error"):
            made = logs.CfnLogGroup(
                self,
                f"{kind.capitalize()}Logs",
                log_group_name=f"{group}/{kind}",
                kms_key_id=key.key_arn,
                retention_in_days=days,
            )
            made.apply_removal_policy(RemovalPolicy.DESTROY)
            allow(
                self.role,
                *("logs:CreateLogStream", "logs:PutLogEvents", "logs:AssociateKmsKey"),
                on=[made.attr_arn],
            )
