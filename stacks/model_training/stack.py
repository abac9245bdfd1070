"""Model training: what the lake offers becomes a judged model that waits for approval."""

from aws_cdk import Duration
from constructs import Construct

from stacks.model_training import DESCRIPTION
from stacks.model_training.contracts import Inputs, offers
from stacks.model_training.experiments import MlflowApp
from stacks.model_training.failures import Failures
from stacks.model_training.monitoring import monitor_executions
from stacks.model_training.notebook import Notebook
from stacks.model_training.removal import Removal
from stacks.model_training.settings import ModelTraining
from stacks.model_training.starting import Starting
from stacks.model_training.training_pipeline import TrainingPipeline
from stacks.settings import Shared
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.hand_offs import publish
from stacks.shared.powertools import PowertoolsLayer


class ModelTrainingStack(ArchitectureStack):
    """Train once on each training set, and register what is better than what serves."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: ModelTraining,
        shared: Shared,
        inputs: Inputs,
    ) -> None:
        super().__init__(
            scope, construct_id, description=DESCRIPTION, retention=settings, shared=shared
        )
        baseline, key, monitoring = self.baseline, self.key, self.monitoring
        offered = offers(stack_name=self.stack_name)
        kept = Duration.days(settings.result_days)

        # What there is.
        artifacts = PrivateBucket(self, "Artifacts", baseline=baseline, expires_after=kept)
        failed = Duration.days(settings.failure_days)
        records = PrivateBucket(self, "FailureRecords", baseline=baseline, expires_after=failed)
        powertools = PowertoolsLayer(self, "Powertools")
        experiments = (
            MlflowApp(self, "Experiments", artifacts=artifacts, key=key)
            if settings.mlflow
            else None
        )
        pipeline = TrainingPipeline(
            self,
            "Pipeline",
            settings,
            key=key,
            artifacts=artifacts,
            inputs=inputs,
            experiments=experiments,
        )
        removal = Removal(
            self,
            "Removal",
            settings,
            key=key,
            powertools=powertools,
            pipeline=pipeline,
            deletes_data=baseline.disposable,
        )
        starting = Starting(
            self,
            "Starting",
            settings,
            key=key,
            powertools=powertools,
            artifacts=artifacts,
            pipeline=pipeline,
            inputs=inputs,
            wishes=offered.retraining,
        )
        starting.node.add_dependency(removal)  # who starts executions goes before who ends them
        failures = Failures(
            self,
            "Failures",
            settings,
            key=key,
            powertools=powertools,
            bucket=records,
            pipeline=pipeline,
        )

        if settings.notebook:
            notebook = Notebook(
                self, "Notebook", settings, key=key, artifacts=artifacts, pipeline=pipeline
            )
            self.add_outputs({"NotebookName": notebook.notebook.attr_notebook_instance_name})

        # What others are told.
        publish(self, "PackageGroup", offered.package_group, pipeline.group_name)
        publish(self, "ArtifactsBucket", offered.model_files.bucket, artifacts.bucket_name)

        # What is monitored, and what a person needs to use it.
        monitoring.monitor_queue(starting.queue)
        monitoring.monitor_dead_letters(failures.unrecorded)
        monitoring.monitor_functions([starting.function, failures.function])
        monitor_executions(monitoring)
        self.add_outputs(
            {
                "PipelineName": pipeline.name,
                "ModelPackageGroupName": pipeline.group_name,
                "ArtifactsBucketName": artifacts.bucket_name,
                "FailuresBucketName": records.bucket_name,
                **starting.outputs,
                **failures.outputs,
                **({"MlflowAppArn": experiments.arn} if experiments else {}),
            }
        )
