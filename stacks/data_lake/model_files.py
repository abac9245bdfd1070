"""The function that models files: DuckDB in a layer, and room for the largest file."""

from aws_cdk import Duration
from constructs import Construct

from stacks.data_lake.settings import DataLake
from stacks.data_lake.zone import Zone
from stacks.shared.function import CODE_ROOT, PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.machine import Machine
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.wheel_layer import WheelLayer

MIB = 1024 * 1024


class ModelFiles(PythonFunction):
    """Takes raw files to the zones that it is told of."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: DataLake,
        *,
        key: CustomerKey,
        powertools: PowertoolsLayer,
        modeled: Zone,
        failures: Zone,
    ) -> None:
        wheels = CODE_ROOT / "data_lake" / "requirements.txt"
        self.engine = WheelLayer(scope, "Engine", requirements=wheels)
        super().__init__(
            scope,
            construct_id,
            entry="data_lake.model_files",
            key=key,
            powertools=powertools,
            layers=[self.engine],
            environment={
                "MODELED_BUCKET": modeled.bucket_name,
                "FAILURES_BUCKET": failures.bucket_name,
                "LARGE_FILE_BYTES": str(settings.large_file_bytes),
                "KEPT_DAYS": str(settings.result_days),
            },
            timeout=Duration.seconds(settings.timeout_seconds),
            memory_mib=settings.memory_mib,
            disk_mib=settings.disk_mib,
            log_days=settings.log_days,
        )

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to call it, and to read what it says."""
        return {
            "FunctionName": self.function.function_name,
            "LogGroupName": self.log_group.log_group_name,
        }

    def hand_over_to(self, machine: Machine, settings: DataLake) -> None:
        """Have a machine see to files that are too large for the function."""
        for name, value in {
            "LARGE_FILES_MACHINE": machine.arn,
            "LARGE_FILES_PART_BYTES": str(settings.large_files_part_mib * MIB),
            "MAX_FILE_BYTES": str(settings.max_file_bytes),
        }.items():
            self.function.add_environment(name, value)
        machine.allow_starting(self.role)
