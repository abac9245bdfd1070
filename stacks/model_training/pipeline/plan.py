"""What the steps of a pipeline have in common, and what each is given. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stacks.model_training.algorithms.hyperparameter import Value as HyperparameterValue
from stacks.model_training.algorithms.requests import format_of
from stacks.model_training.algorithms.table import MANIFEST, Algorithm
from stacks.model_training.algorithms.tuning import Tuning
from stacks.model_training.pipeline.references import EXECUTION, Value, joined, parameter

PACKAGE = "model_training"
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
class Learning:
    """What learns, by which image, of what, on how many instances, and with what it is searched.

    ``hyperparameters`` are as the settings have them; ``further`` are channels that are given
    beside those that the algorithm needs.
    """

    algorithm: Algorithm
    image: str
    hyperparameters: Mapping[str, HyperparameterValue]
    mode: str
    form: str
    further: Sequence[str]
    instances: int
    tuning: Tuning | None
    bounds: Mapping[str, float]  # of its own measures, for a model to be registered

    @property
    def format(self) -> str:
        """Name the format of its rows."""
        return format_of(self.algorithm, self.form)

    @property
    def content_type(self) -> str:
        """Name the content type of its rows."""
        return self.algorithm.formats[self.format]

    @property
    def is_listed(self) -> bool:
        """Tell whether its files are named in an augmented manifest."""
        return self.format == MANIFEST


@dataclass(frozen=True, slots=True)
class Experiments:
    """Where executions are tracked: the ARN of an MLflow app, and the experiment's name there."""

    app: str
    name: str


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a definition is made of. Texts may be tokens of CloudFormation.

    ``image`` is the one of our own jobs, ``learning.image`` the one that trains.
    """

    bucket: str
    key: str
    manifests: str  # the lake's folders of manifests and of rows
    rows: str
    image: str
    library: str
    code: Code
    learning: Learning
    jobs: Mapping[str, Jobs]  # by phase: train; and prepare and evaluate, where these are ours
    network: Network
    volume_gib: int
    spot_minutes: int  # to wait for capacity, and for the job; 0 for none but on demand
    metrics: Mapping[str, str]
    package_group: str
    least_auc: float
    least_gain: float
    threshold: float
    fewest: int
    serving_instances: Sequence[str]
    experiments: Experiments | None = None

    def place(self, *folders: str) -> Value:
        """Name a place of the execution's own in the bucket."""
        return joined(
            f"s3://{self.bucket}/executions", parameter("ContentHash"), EXECUTION, *folders
        )
