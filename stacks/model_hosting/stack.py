"""Model hosting: an approved model becomes an endpoint's, behind an API that knows its callers."""

from aws_cdk import Duration
from constructs import Construct

from stacks.model_hosting import DESCRIPTION
from stacks.model_hosting.api import PredictionApi
from stacks.model_hosting.contracts import Inputs, offers
from stacks.model_hosting.deploying import Deploying
from stacks.model_hosting.monitoring import NOT_DEPLOYED, EndpointAlarms
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.settings import ModelHosting
from stacks.settings import Shared
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.arns import arn_here
from stacks.shared.bucket import PrivateBucket
from stacks.shared.function import PythonFunction
from stacks.shared.permissions import allow
from stacks.shared.powertools import PowertoolsLayer

PREDICT_SECONDS = 28  # a second less than API Gateway waits


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
            inputs=inputs,
            offered=offers(stack_name=self.stack_name),
        )
        alarms = EndpointAlarms(monitoring, settings, resources.endpoint)
        deploying = Deploying(
            self, "Deploying", settings, resources=resources, alarms=alarms.rollback
        )
        predict = PythonFunction(
            self,
            "Predict",
            entry="model_hosting.predict",
            key=key,
            powertools=resources.powertools,
            environment={
                "ENDPOINT_NAME": resources.endpoint,
                "ANSWER_SECONDS": str(settings.answer_seconds),
                "BREAKER_FAILURES": str(settings.breaker_failures),
                "BREAKER_SECONDS": str(settings.breaker_seconds),
                "WEIGHTS_SECONDS": str(settings.weights_seconds),
            },
            timeout=Duration.seconds(PREDICT_SECONDS),
            memory_mib=settings.memory_mib,
            log_days=settings.log_days,
        )

        # Who calls whom.
        api = PredictionApi(self, "Api", settings, key=key, predict=predict)

        # Who may do what.
        endpoint = arn_here("sagemaker", f"endpoint/{resources.endpoint}")
        allow(predict.role, "sagemaker:InvokeEndpoint", "sagemaker:DescribeEndpoint", on=[endpoint])

        # What is monitored, and what a person needs to use it.
        monitoring.monitor_machine(deploying.machine, NOT_DEPLOYED)
        monitoring.monitor_dead_letters(deploying.undelivered)
        monitoring.monitor_functions([predict], awaited=[])
        self.add_outputs(
            {
                "ApiUrl": api.url,
                "CapturesBucketName": resources.captures.bucket_name,
                "FailuresBucketName": resources.failures.bucket_name,
                "FunctionName": predict.function.function_name,
                "LogGroupName": predict.log_group.log_group_name,
                **deploying.outputs,
            }
        )
