"""What goes with the stack though no template made it: executions, their jobs and packages."""

from constructs import Construct

from guardrails import waive
from stacks.model_training.settings import ModelTraining
from stacks.model_training.training_pipeline import TrainingPipeline
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.key import CustomerKey
from stacks.shared.lifecycle import removal_policy
from stacks.shared.permissions import allow, allow_unscoped
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.resource_function import ResourceFunction

JOBS = ("Training", "Processing")


class Removal(Construct):
    """Stops what runs before the pipeline goes, as none can be deleted that has an execution.

    Only where the stack's data go with it, it deletes the jobs' records and the packages, too: a
    group that has some cannot be deleted. Otherwise it may not, and the group is kept.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelTraining,
        *,
        key: CustomerKey,
        powertools: PowertoolsLayer,
        pipeline: TrainingPipeline,
        deletes_data: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self._pipeline = pipeline
        self._function = ResourceFunction(
            self,
            "RemoveTraining",
            entry="model_training.remove_training",
            key=key,
            powertools=powertools,
            log_days=settings.log_days,
        )
        self._allow_stopping()
        if deletes_data:
            self._allow_deleting()
        gone = self._function.resource(
            self,
            "Resource",
            {
                "PipelineName": pipeline.name,
                "PackageGroup": pipeline.group_name,
                "DeletesData": str(deletes_data).lower(),
            },
        )
        pipeline.group.apply_removal_policy(removal_policy(disposable=deletes_data))
        # It goes before the pipeline, its role, which stops jobs, and the group.
        gone.node.add_dependency(pipeline)

    def _allow_stopping(self) -> None:
        role, executions = self._function.role, f"{self._pipeline.arn}/execution/*"
        allow(role, "sagemaker:ListPipelineExecutions", on=[self._pipeline.arn])
        allow(role, "sagemaker:StopPipelineExecution", on=[executions])
        waive(
            role,
            "object_wildcard",
            because="SageMaker names executions at run time, so the grant stops at the pipeline.",
            findings=[finding_on(executions)],
        )

    def _allow_deleting(self) -> None:
        role, packages = self._function.role, self._pipeline.packages_arn
        allow(role, "sagemaker:ListModelPackages", "sagemaker:DeleteModelPackage", on=[packages])
        findings = [self._pipeline.packages_finding]
        for kind in JOBS:
            own = arn_here("sagemaker", f"{kind.lower()}-job/pipelines-*")
            allow(role, f"sagemaker:Delete{kind}Job", on=[own])
            findings.append(finding_on(own))
        waive(
            role,
            "object_wildcard",
            because="SageMaker names jobs after the execution, and numbers packages, at run time.",
            findings=findings,
        )
        allow_unscoped(
            role,
            "Lists",
            *(f"sagemaker:List{kind}Jobs" for kind in JOBS),
            because="Lists of what an account has have no ARN, so no resource to scope to.",
        )
