"""The pipeline: its definition, the code and roles of its jobs, and the group of its models."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from guardrails import waive
from guardrails.findings import logical_id
from stacks.model_training.contracts import Inputs
from stacks.model_training.job_roles import JobRole
from stacks.model_training.pipeline.definition import PACKAGE, definition
from stacks.model_training.pipeline.plan import Code, Jobs, Network, Plan
from stacks.model_training.settings import ModelTraining
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.hand_offs import allow_files
from stacks.shared.images import Images
from stacks.shared.job_archive import archived, script_archive
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, on_behalf_of, waive_inline

REPOSITORY, GROUP = "sagemaker-xgboost", "framework"
# By the metric's name, what finds it in the log of train.py; a test holds them together.
METRICS = {
    f"{data}:{name}": f"{data}-{name}=([-+.0-9eE]+);"
    for data in ("train", "validation")
    for name in ("auc", "logloss")
}
_JOBS = {"training-job": "Training", "processing-job": "Processing"}


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
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = Stack.of(self).stack_name
        # The group is called as the bucket of its models, which is kept or deleted with it: a name
        # of its own would stand in the way of the next stack where it is kept.
        self.group_name, group = artifacts.bucket_name, logical_id(artifacts)
        self.packages_arn = arn_here("sagemaker", f"model-package/{self.group_name}/*")
        self.packages_finding = finding_on(arn_here("sagemaker", f"model-package/<{group}>/*"))
        self._key, self._artifacts = key, artifacts
        images = Images(self, "Images", group=GROUP)
        modules = assets.Asset(self, "Modules", path=str(archived(PACKAGE)))
        script = assets.Asset(self, "Script", path=str(script_archive(PACKAGE, "train")))
        prepare, train, evaluate = (
            self._role(name, logs)
            for name, logs in (
                ("Prepare", "ProcessingJobs"),
                ("Train", "TrainingJobs"),
                ("Evaluate", "ProcessingJobs"),
            )
        )
        for contract in (inputs.manifests, inputs.training_rows):
            allow_files(prepare, contract)
        prepare.use(artifacts, reads=["starts/"])
        train.use(artifacts, reads=["executions/"], lists=True)
        evaluate.use(artifacts, reads=["executions/", "starts/"], lists=True)
        for role, code in ((prepare, modules), (train, script), (evaluate, modules)):
            role.read_code(code)
        self.group = sagemaker.CfnModelPackageGroup(
            self,
            "Models",
            model_package_group_name=self.group_name,
            model_package_group_description="Models of training sets, each with what it scored.",
        )
        minutes = settings.processing_minutes
        plan = Plan(
            bucket=artifacts.bucket_name,
            key=key.key_arn,
            manifests=inputs.manifests.prefix.rstrip("/"),
            rows=inputs.training_rows.prefix.rstrip("/"),
            image=images.uri(REPOSITORY, settings.image_tag),
            library=settings.library,
            code=Code(_uri(modules), _uri(script)),
            prepare=Jobs(prepare.role_arn, settings.prepare_instance, minutes),
            train=Jobs(train.role_arn, settings.train_instance, settings.training_minutes),
            evaluate=Jobs(evaluate.role_arn, settings.evaluate_instance, minutes),
            network=Network(settings.subnets, settings.security_groups),
            volume_gib=settings.volume_gib,
            spot_minutes=settings.spot_minutes,
            hyperparameters=settings.hyperparameters,
            metrics=METRICS,
            package_group=self.group_name,
            least_auc=settings.least_auc,
            least_gain=settings.least_gain,
            threshold=settings.threshold,
            fewest=settings.fewest_slice_rows,
            serving_instances=settings.serving_instances,
        )
        self.role = self._own_role([prepare, train, evaluate])
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

    def _role(self, name: str, logs: str) -> JobRole:
        return JobRole(
            self,
            f"{name}Role",
            key=self._key,
            logs=logs,
        )

    def _own_role(self, jobs: list[JobRole]) -> iam.Role:
        """Make the role that the pipeline itself acts as: it makes jobs, looks, and registers."""
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "sagemaker.amazonaws.com", conditions=on_behalf_of(arn_here("sagemaker", "*"))
            ),
        )
        wide = []
        for kind, name in _JOBS.items():
            own = arn_here("sagemaker", f"{kind}/pipelines-*")
            actions = (f"{verb}{name}Job" for verb in ("Create", "Describe", "Stop"))
            allow(role, *(f"sagemaker:{a}" for a in actions), "sagemaker:AddTags", on=[own])
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
        self._artifacts.allow(role, "s3:GetObject", prefix="executions/")
        self._key.allow(role, "kms:Decrypt", through=["s3"])
        waive_inline(role)
        return role


def _uri(code: assets.Asset) -> str:
    return f"s3://{code.s3_bucket_name}/{code.s3_object_key}"
