"""What watches a challenger beside its champion: a machine, and a function that says how it is."""

from collections.abc import Mapping

from aws_cdk import Duration
from constructs import Construct

from stacks.model_hosting.monitoring import EndpointAlarms
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages.experiment import FOLDER, READ_SECONDS, experiment_machine
from stacks.shared.arns import arn_here
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.function import PythonFunction
from stacks.shared.hand_offs import allow_events
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow, allow_unscoped

READ_FOLDERS = ("captured", "truths")
READ_MIB = 512


class Experiment(Construct):
    """Shifts traffic to a challenger by a schedule, and back where it is worse.

    Truths come as SageMaker wants ground truth, into ``truths/`` of the captures' bucket.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelHosting,
        *,
        resources: Resources,
        turns: ExpiringTable,
        alarms: EndpointAlarms,
    ) -> None:
        super().__init__(scope, construct_id)
        self._resources = resources
        self.reads = PythonFunction(
            self,
            "ReadExperiment",
            entry="model_hosting.read_experiment",
            key=resources.key,
            powertools=resources.powertools,
            environment={
                "ENDPOINT_NAME": resources.endpoint,
                "TURNS_TABLE": turns.table_name,
                "CAPTURES_BUCKET": resources.captures.bucket_name,
                "EFFECT": str(settings.experiment_effect),
                "ERROR_RATE": str(settings.experiment_error_rate),
            },
            timeout=Duration.seconds(READ_SECONDS),
            memory_mib=READ_MIB,
            log_days=settings.log_days,
        )
        self.reads.called_by_machine()
        self.machine = Machine(
            self,
            "Shift",
            definition=experiment_machine(
                settings, resources.offered.experiment_changed, alarms.of_challenger
            ),
            substitutions={
                "Endpoint": resources.endpoint,
                "Captures": resources.captures.bucket_name,
                "ReadExperiment": self.reads.function.function_arn,
            },
            key=resources.key,
            log_days=settings.log_days,
        )
        self._allow_reading(turns)
        self._allow_shifting(alarms)

    @property
    def outputs(self) -> Mapping[str, str]:
        """What an operator needs to ask how an experiment is."""
        return {
            "ReadExperimentFunctionName": self.reads.function.function_name,
            "ShiftStateMachineArn": self.machine.arn,
        }

    def _allow_reading(self, turns: ExpiringTable) -> None:
        role, captures = self.reads.role, self._resources.captures
        turns.allow(role, "dynamodb:GetItem")
        for folder in READ_FOLDERS:
            captures.allow(role, "s3:GetObject", prefix=f"{folder}/")
        prefixes = [f"{folder}/*" for folder in READ_FOLDERS]
        only = {"StringLike": {"s3:prefix": prefixes}}
        allow(role, "s3:ListBucket", on=[captures.bucket_arn], conditions=only)
        self._resources.key.allow(role, "kms:Decrypt", through=["dynamodb", "s3"])
        allow_unscoped(
            role,
            "Measures",
            "cloudwatch:GetMetricData",
            because="Metrics have no ARN, so reading them has no resource to scope to.",
        )

    def _allow_shifting(self, alarms: EndpointAlarms) -> None:
        role, resources = self.machine.role, self._resources
        endpoint = arn_here("sagemaker", f"endpoint/{resources.endpoint}")
        allow(
            role,
            *("sagemaker:DescribeEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"),
            on=[endpoint],
        )
        named = [arn_here("cloudwatch", f"alarm:{name}") for name in alarms.of_challenger]
        allow(role, "cloudwatch:DescribeAlarms", on=named)
        allow(role, "lambda:InvokeFunction", on=[self.reads.function.function_arn])
        resources.captures.allow(role, "s3:PutObject", prefix=f"{FOLDER}/")
        resources.key.allow(role, "kms:GenerateDataKey", through=["s3"])
        allow_events(role, resources.offered.experiment_changed)
