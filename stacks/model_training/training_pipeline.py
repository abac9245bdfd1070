"""The pipeline: its definition, the code and roles of its jobs, and the group of its models."""

from collections.abc import Mapping
from functools import cached_property

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from guardrails import waive
from guardrails.findings import logical_id
from stacks.model_training.algorithms.table import OWN, SCRIPT, Algorithm
from stacks.model_training.contracts import Inputs
from stacks.model_training.experiments import MlflowApp
from stacks.model_training.pipeline.channels import OWN_DATA
from stacks.model_training.pipeline.definition import definition
from stacks.model_training.pipeline.plan import (
    PACKAGE,
    Code,
    Experiments,
    Jobs,
    Learning,
    Network,
    Plan,
)
from stacks.model_training.settings import OURS, ModelTraining
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.hand_offs import allow_files
from stacks.shared.images import Images
from stacks.shared.job_archive import archived, script_archive
from stacks.shared.job_role import JobRole
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, on_behalf_of, waive_inline
from stacks.shared.source_code import SHARED_CODE

REPOSITORY = "sagemaker-xgboost"
MADE = "executions/"  # of the bucket: what executions make
# By the metric's name, what finds it in the log of train.py; a test holds them together.
METRICS = {
    f"{data}:{name}": f"{data}-{name}=([-+.0-9eE]+);"
    for data in ("train", "validation")
    for name in ("auc", "logloss")
}
_LOGS = {"prepare": "ProcessingJobs", "train": "TrainingJobs", "evaluate": "ProcessingJobs"}


class TrainingPipeline(Construct):
    """A pipeline and the package group that it registers models in."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelTraining,
        *,
        key: CustomerKey,
        artifacts: PrivateBucket,
        inputs: Inputs,
        experiments: MlflowApp | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = Stack.of(self).stack_name
        # The group is called as the bucket of its models, which is kept or deleted with it: a name
        # of its own would stand in the way of the next stack where it is kept.
        self.group_name, group = artifacts.bucket_name, logical_id(artifacts)
        self.packages_arn = arn_here("sagemaker", f"model-package/{self.group_name}/*")
        self.packages_finding = finding_on(arn_here("sagemaker", f"model-package/<{group}>/*"))
        self._key, self._artifacts, self._settings = key, artifacts, settings
        algorithm = settings.trained_by
        roles = {
            phase: JobRole(self, f"{phase.title()}Role", key=key, logs=_LOGS[phase])
            for phase in _phases(algorithm)
        }
        code = self._code(roles)
        if "prepare" in roles:
            for contract in (inputs.manifests, inputs.training_rows):
                allow_files(roles["prepare"], contract)
            roles["prepare"].use(artifacts, writes=MADE, reads=["starts/"])
        below = [f"{OWN_DATA}/"] if algorithm.rows == OWN else [MADE]
        roles["train"].use(artifacts, writes=MADE, reads=below, lists=below)
        if "evaluate" in roles:
            reads = [MADE, "starts/"]
            roles["evaluate"].use(artifacts, writes=MADE, reads=reads, lists=[MADE])
        self.group = sagemaker.CfnModelPackageGroup(
            self,
            "Models",
            model_package_group_name=self.group_name,
            model_package_group_description="Models of training sets, each with what it scored.",
        )
        plan = Plan(
            bucket=artifacts.bucket_name,
            key=key.key_arn,
            manifests=inputs.manifests.prefix.rstrip("/"),
            rows=inputs.training_rows.prefix.rstrip("/"),
            image="" if algorithm.rows == OWN else self._image(),
            library=settings.library,
            code=code,
            learning=self._learning(),
            jobs=self._jobs(roles),
            network=Network(settings.subnets, settings.security_groups),
            volume_gib=settings.volume_gib,
            spot_minutes=settings.spot_minutes,
            metrics=METRICS,
            package_group=self.group_name,
            least_auc=settings.least_auc,
            least_gain=settings.least_gain,
            threshold=settings.threshold,
            fewest=settings.fewest_slice_rows,
            serving_instances=settings.serving_instances,
            experiments=Experiments(experiments.arn, self.name) if experiments else None,
        )
        self.role = self._own_role(list(roles.values()), has_files="prepare" in roles)
        if experiments:
            experiments.allow_tracking(self.role)
        body = Stack.of(self).to_json_string(definition(plan))
        self.pipeline = sagemaker.CfnPipeline(
            self,
            "Resource",
            pipeline_name=self.name,
            pipeline_description="Prepares, trains, judges; explains and registers what is good.",
            role_arn=self.role.role_arn,
            pipeline_definition={"PipelineDefinitionBody": body},
        )
        self.pipeline.node.add_dependency(self.role, self.group)
        if not settings.subnets:
            waive(
                self.pipeline,
                "container_outside_vpc",
                because="Its containers have no network at all, in a VPC or not: data come and go "
                "by SageMaker's own channels. Subnets are a setting.",
            )
        self.arn = arn_here("sagemaker", f"pipeline/{self.name.lower()}")

    @cached_property
    def _framework(self) -> Images:
        return Images(self, "Images", group=OURS)

    def _image(self) -> str:
        return self._framework.uri(REPOSITORY, self._settings.image_tag)

    def _code(self, roles: Mapping[str, JobRole]) -> Code:
        """Upload what the jobs run that are ours, and let them read it."""
        found = {}
        if "prepare" in roles:
            modules = assets.Asset(
                self, "Modules", path=str(archived(PACKAGE, beside=(SHARED_CODE,)))
            )
            found["modules"] = _uri(modules)
            for phase in ("prepare", "evaluate"):
                if phase in roles:
                    roles[phase].read_code(modules)
        if self._settings.algorithm == SCRIPT:
            script = assets.Asset(self, "Script", path=str(script_archive(PACKAGE, "train")))
            found["script"] = _uri(script)
            roles["train"].read_code(script)
        return Code(**{"modules": "", "script": "", **found})

    def _learning(self) -> Learning:
        settings, algorithm = self._settings, self._settings.trained_by
        if algorithm.is_ours:
            image = self._image()
        else:
            images = Images(self, "AlgorithmImages", group=algorithm.group)
            image = images.uri(algorithm.repository, algorithm.tag)
        return Learning(
            algorithm,
            image,
            settings.hyperparameters,
            settings.input_mode,
            settings.input_format,
            settings.further_channels,
            settings.train_instances,
            settings.tuning,
            settings.bounds,
        )

    def _jobs(self, roles: Mapping[str, JobRole]) -> dict[str, Jobs]:
        settings, minutes = self._settings, self._settings.processing_minutes
        kinds = {
            "prepare": (settings.prepare_instance, minutes),
            "train": (settings.train_instance, settings.training_minutes),
            "evaluate": (settings.evaluate_instance, minutes),
        }
        return {phase: Jobs(role.role_arn, *kinds[phase]) for phase, role in roles.items()}

    def _own_role(self, jobs: list[JobRole], *, has_files: bool) -> iam.Role:
        """Make the role that the pipeline itself acts as: it makes jobs, looks, and registers."""
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "sagemaker.amazonaws.com", conditions=on_behalf_of(arn_here("sagemaker", "*"))
            ),
        )
        wide = []
        for name, own in self._kinds_of_jobs(has_processing=has_files).items():
            actions = (f"sagemaker:{verb}{name}Job" for verb in ("Create", "Describe", "Stop"))
            allow(role, *actions, "sagemaker:AddTags", on=[own])
            wide.append(own)
        group = arn_here("sagemaker", f"model-package-group/{self.group_name}")
        allow(role, "sagemaker:CreateModelPackage", on=[group, self.packages_arn])
        waive(
            role,
            "object_wildcard",
            because="SageMaker names jobs after the execution, and numbers packages, at run time.",
            findings=[*(finding_on(arn) for arn in wide), self.packages_finding],
        )
        allow(
            role,
            "iam:PassRole",
            on=[job.role_arn for job in jobs],
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        )
        if has_files:  # that conditions and hyperparameters are read from
            self._artifacts.allow(role, "s3:GetObject", prefix=MADE)
            self._key.allow(role, "kms:Decrypt", through=["s3"])
        waive_inline(role)
        return role

    def _kinds_of_jobs(self, *, has_processing: bool) -> dict[str, str]:
        """Name by its action each kind of job that there is, and what such jobs are called."""
        if self._settings.tuning:
            # Named by the execution, the step and a chance; ARNs have small letters.
            kinds = {"HyperParameterTuning": "hyper-parameter-tuning-job/*-tune-*"}
        else:
            kinds = {"Training": "training-job/pipelines-*"}
        if has_processing:
            kinds["Processing"] = "processing-job/pipelines-*"
        return {name: arn_here("sagemaker", own) for name, own in kinds.items()}


def _phases(algorithm: Algorithm) -> list[str]:
    """Name the phases that have jobs: what people bring is not prepared here, nor judged."""
    found = ["train"]
    if algorithm.rows != OWN:
        found = ["prepare", "train"]
    return [*found, "evaluate"] if algorithm.is_ours else found


def _uri(code: assets.Asset) -> str:
    return f"s3://{code.s3_bucket_name}/{code.s3_object_key}"
