"""What the steps of a pipeline have in common, and what each is given. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stacks.model_training.pipeline.references import EXECUTION, Value, joined, parameter

CODE = "/opt/ml/processing/input/code"
INPUT, OUTPUT = "/opt/ml/processing/input", "/opt/ml/processing/output"


@dataclass(frozen=True, slots=True)
class Network:
    """Where jobs run: subnets and security groups of a VPC, or none. They are isolated anyway."""

    subnets: Sequence[str]
    security_groups: Sequence[str]

    @property
    def vpc(self) -> dict[str, list[str]] | None:
        """What a request says of it."""
        if not self.subnets:
            return None
        return {"Subnets": [*self.subnets], "SecurityGroupIds": [*self.security_groups]}


@dataclass(frozen=True, slots=True)
class Jobs:
    """The instances of a phase, and its role. ``minutes`` is the longest that a job may take."""

    role: str
    instance: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Code:
    """Where the modules lie: a zip for processing jobs, an archive with a script for training.

    URIs are those of CDK's assets, of which the last part is the file's name.
    """

    modules: str
    script: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a definition is made of. Texts may be tokens of CloudFormation."""

    bucket: str
    key: str
    manifests: str  # the lake's folders of manifests and of rows
    rows: str
    image: str
    library: str
    code: Code
    prepare: Jobs
    train: Jobs
    evaluate: Jobs
    network: Network
    volume_gib: int
    spot_minutes: int  # to wait for capacity, and for the job; 0 for none but on demand
    hyperparameters: Mapping[str, int | float]
    metrics: Mapping[str, str]
    package_group: str
    least_auc: float
    least_gain: float
    threshold: float
    fewest: int
    serving_instances: Sequence[str]

    def place(self, *folders: str) -> Value:
        """Name a place of the execution's own in the bucket."""
        return joined(
            f"s3://{self.bucket}/executions", parameter("ContentHash"), EXECUTION, *folders
        )
