"""Model hosting: an approved model becomes an endpoint's, behind an API that knows its callers."""

from aws_cdk import Duration
from constructs import Construct

from stacks.model_hosting import DESCRIPTION
from stacks.model_hosting.answering import predict_function
from stacks.model_hosting.api import PredictionApi
from stacks.model_hosting.batch import Batches
from stacks.model_hosting.contracts import Inputs, offers
from stacks.model_hosting.deploying import Deploying
from stacks.model_hosting.drift_watch import DriftWatch
from stacks.model_hosting.monitoring import NOT_DEPLOYED, WORSE, EndpointAlarms
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.settings import ModelHosting
from stacks.settings import Shared
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.powertools import PowertoolsLayer

MODELS_KEPT = Duration.days(3650)  # as no rule says when an approved model is not asked any more


class ModelHostingStack(ArchitectureStack):
    """Serve the model that was approved last, and the one before where that is a bad one."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: ModelHosting,
        shared: Shared,
        inputs: Inputs,
    ) -> None:
        super().__init__(
            scope, construct_id, description=DESCRIPTION, retention=settings, shared=shared
        )
        baseline, key, monitoring = self.baseline, self.key, self.monitoring

        # What there is.
        kept, captured = Duration.days(settings.result_days), Duration.days(settings.capture_days)
        resources = Resources(
            endpoint=self.stack_name.lower(),
            key=key,
            monitoring=monitoring,
            powertools=PowertoolsLayer(self, "Powertools"),
            captures=PrivateBucket(self, "Captures", baseline=baseline, expires_after=captured),
            failures=PrivateBucket(self, "Failures", baseline=baseline, expires_after=kept),
            batches=PrivateBucket(
                self,
                "BatchData",
                baseline=baseline,
                expires_after=Duration.days(settings.batch_days),
                sooner={"work/": Duration.days(1)},
            ),
            models=(
                PrivateBucket(self, "Models", baseline=baseline, expires_after=MODELS_KEPT)
                if settings.kind == "multi-model"
                else None
            ),
            inputs=inputs,
            offered=offers(stack_name=self.stack_name),
        )
        alarms = EndpointAlarms(monitoring, settings, resources.endpoint)
        deploying = Deploying(self, "Deploying", settings, resources=resources, alarms=alarms)
        batches = Batches(
            self,
            "Batches",
            settings,
            resources=resources,
            turns=deploying.turns,
            model_role=deploying.model_role,
        )
        predict = predict_function(self, "Predict", settings, resources=resources)

        watch = (
            DriftWatch(self, "Drift", settings, resources=resources)
            if settings.watches_drift
            else None
        )

        # Who calls whom.
        api = PredictionApi(self, "Api", settings, key=key, predict=predict)

        # What is monitored, and what a person needs to use it.
        monitoring.monitor_machine(deploying.machine, NOT_DEPLOYED)
        monitoring.monitor_machine(deploying.experiment.machine, WORSE)
        monitoring.monitor_dead_letters(deploying.undelivered)
        monitoring.monitor_functions(
            [predict],
            awaited=[
                deploying.experiment.reads,
                *batches.functions.values(),
                *(watch.functions if watch else []),
            ],
        )
        self.add_outputs(
            {
                "ApiUrl": api.url,
                "CapturesBucketName": resources.captures.bucket_name,
                "FailuresBucketName": resources.failures.bucket_name,
                "FunctionName": predict.function.function_name,
                "LogGroupName": predict.log_group.log_group_name,
                **deploying.outputs,
                **batches.outputs,
                **(watch.outputs if watch else {}),
            }
        )
