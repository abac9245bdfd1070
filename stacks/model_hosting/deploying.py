"""The machine that deploys: what starts it, what it may do, what is made to go with the stack."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from guardrails import waive
from stacks.model_hosting.experiment import Experiment
from stacks.model_hosting.kind_rights import FIRST_INSTANCE_ALARM, accept_containers, allow_kind
from stacks.model_hosting.model_role import ModelRole
from stacks.model_hosting.monitoring import EndpointAlarms
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.settings import ModelHosting
from stacks.model_hosting.stages import known_rows
from stacks.model_hosting.stages.deploy import deploy_machine
from stacks.model_hosting.stages.failures import FOLDER
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.expiring_table import ExpiringTable
from stacks.shared.hand_offs import allow_events, allow_value, pattern_of
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow, allow_unscoped
from stacks.shared.resource_function import ResourceFunction
from stacks.shared.rule import EventRule


class Deploying(Construct):
    """One execution for each approval of a package; all that it makes is named after the endpoint.

    ``alarms`` name those that take an update back.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelHosting,
        *,
        resources: Resources,
        alarms: EndpointAlarms,
    ) -> None:
        super().__init__(scope, construct_id)
        self._resources, self._endpoint = resources, resources.endpoint

        # What there is.
        self.turns = ExpiringTable(self, "Turns", entry="entry", key=resources.key)
        self.undelivered = DeadLetters(self, "Undelivered", key=resources.key)
        self.experiment = Experiment(
            self, "Experiment", settings, resources=resources, turns=self.turns, alarms=alarms
        )
        self.model_role = ModelRole(self, "Model", resources=resources)
        self.machine = Machine(
            self,
            "Deploy",
            definition=deploy_machine(
                settings, resources.offered, alarms.rollback, alarms.of_challenger
            ),
            substitutions={
                "Turns": self.turns.table_name,
                "Endpoint": self._endpoint,
                "Group": resources.inputs.package_group.parameter,
                "Failures": resources.failures.bucket_name,
                "Captures": resources.captures.bucket_name,
                "Batches": resources.batches.bucket_name,
                "Models": resources.models.bucket_name if resources.models else "",
                "KeyArn": resources.key.key_arn,
                "ModelRole": self.model_role.role_arn,
                "Experiment": self.experiment.machine.arn,
            },
            key=resources.key,
            log_days=settings.log_days,
        )
        accept_containers(settings, self.machine)

        if settings.least_instances < 2 and settings.kind != "serverless":
            waive(
                self.machine.resource,
                "one_instance",
                because="The setting least_instances says so: no production, or answers may wait.",
            )

        # Who calls whom.
        EventRule(
            self,
            "PackageChanged",
            description="Somebody has approved a version of a model.",
            pattern={
                **pattern_of(resources.inputs.package_news),
                "detail": {"ModelApprovalStatus": ["Approved"]},
            },
        ).start(self.machine, failures=self.undelivered)

        # Who may do what.
        self._allow_own_places()
        self._allow_sagemaker()
        self._allow_scaling()
        allow_kind(settings, resources, machine=self.machine.role, model=self.model_role)
        allow(self.machine.role, "states:StartExecution", on=[self.experiment.machine.arn])
        self._remove_with_the_stack(settings)
        self.outputs = {
            "EndpointName": self._endpoint,
            "DeployStateMachineArn": self.machine.arn,
            "DeadLetterQueueUrl": self.undelivered.queue_url,
            "TurnsTableName": self.turns.table_name,
            **self.experiment.outputs,
        }

    def _allow_own_places(self) -> None:
        role, resources = self.machine.role, self._resources
        allow_value(role, resources.inputs.package_group)
        self.turns.allow(role, "dynamodb:UpdateItem")
        resources.failures.allow(role, "s3:PutObject", prefix=f"{FOLDER}/")
        resources.captures.allow(role, "s3:PutObject", prefix=f"{known_rows.FOLDER}/")
        resources.key.allow(role, "kms:Decrypt", through=["dynamodb"])
        resources.key.allow(role, "kms:GenerateDataKey", through=["s3"])
        allow_events(role, resources.offered.model_deployed)
        allow_events(role, resources.offered.deployment_failed)

    def _allow_sagemaker(self) -> None:
        """Name what there will be; only packages are named by others, when they are approved."""
        role, endpoint = self.machine.role, arn_here("sagemaker", f"endpoint/{self._endpoint}")
        # A group is named after the stack that makes it; ARNs of SageMaker are in small letters.
        maker = self._resources.inputs.model_files.stack_name.lower()
        packages = arn_here("sagemaker", f"model-package/{maker}*")
        models = arn_here("sagemaker", f"model/{self._endpoint}-v*")
        configs = arn_here("sagemaker", f"endpoint-config/{self._endpoint}-v*")
        allow(role, "sagemaker:DescribeModelPackage", on=[packages])
        checks = arn_here("sagemaker", f"transform-job/{self._endpoint}-v*")
        allow(role, "sagemaker:CreateModel", "sagemaker:DescribeModel", on=[models])
        allow(role, "sagemaker:CreateTransformJob", on=[checks, models])
        allow(role, "sagemaker:DescribeTransformJob", on=[checks])
        allow(
            role,
            *("sagemaker:CreateEndpointConfig", "sagemaker:DescribeEndpointConfig"),
            on=[configs],
        )
        allow(
            role,
            *("sagemaker:CreateEndpoint", "sagemaker:UpdateEndpoint"),
            on=[endpoint, configs],
        )
        allow(role, "sagemaker:DescribeEndpoint", on=[endpoint])
        # Whoever makes a configuration lets SageMaker use the key for its volumes.
        allow(
            role,
            *("kms:CreateGrant", "kms:DescribeKey"),
            on=[self._resources.key.key_arn],
            conditions={
                "StringEquals": {"kms:ViaService": f"sagemaker.{Aws.REGION}.{Aws.URL_SUFFIX}"},
            },
        )
        allow(
            role,
            "iam:PassRole",
            on=[self.model_role.role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        )
        alarms = arn_here("cloudwatch", f"alarm:{self._resources.monitoring.dashboard_name}-*")
        allow(role, "cloudwatch:DescribeAlarms", on=[alarms])
        allow_unscoped(
            role,
            "Endpoints",
            "sagemaker:ListEndpoints",
            because="A list of endpoints has no ARN, so it has no resource to scope to.",
        )
        waive(
            role,
            "object_wildcard",
            because="Versions are numbered at run time, so a grant stops at the endpoint's name.",
            findings=[finding_on(each) for each in (packages, models, checks, configs, alarms)],
        )

    def _allow_scaling(self) -> None:
        """Let the machine scale its endpoint; AWS acts on its behalf, with what it may do itself.

        The service-linked role of Application Auto Scaling has to be there: see the page.
        """
        role = self.machine.role
        self._allow_targets(
            role,
            *("application-autoscaling:RegisterScalableTarget",),
            *("application-autoscaling:PutScalingPolicy",),
            *("application-autoscaling:DeregisterScalableTarget",),
        )
        allow(
            role,
            "sagemaker:UpdateEndpointWeightsAndCapacities",
            on=[arn_here("sagemaker", f"endpoint/{self._endpoint}")],
        )
        tracked = arn_here("cloudwatch", f"alarm:TargetTracking-endpoint/{self._endpoint}/*")
        allow(role, "cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms", on=[tracked])
        waive(
            role,
            "object_wildcard",
            because="AWS numbers the alarms of a policy; they are named after the endpoint.",
            findings=[finding_on(tracked)],
        )

    def _allow_targets(self, role: iam.Role, *actions: str) -> None:
        """Allow actions on what scales variants' instances: AWS names targets by a number.

        https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsapplicationautoscaling.html
        """
        conditions = {
            "application-autoscaling:service-namespace": "sagemaker",
            "application-autoscaling:scalable-dimension": "sagemaker:variant:DesiredInstanceCount",
        }
        targets = arn_here("application-autoscaling", "scalable-target/*")
        allow(role, *actions, on=[targets], conditions={"StringEquals": conditions})
        waive(
            role,
            "object_wildcard",
            because="AWS numbers targets; conditions say that they are instances of variants.",
            findings=[finding_on(targets)],
        )

    def _remove_with_the_stack(self, settings: ModelHosting) -> None:
        """Delete what the machine has made before its roles and buckets go."""
        removing = ResourceFunction(
            self,
            "RemoveEndpoint",
            entry="model_hosting.remove_endpoint",
            key=self._resources.key,
            powertools=self._resources.powertools,
            log_days=settings.log_days,
        )
        role, endpoint = removing.role, arn_here("sagemaker", f"endpoint/{self._endpoint}")
        models = arn_here("sagemaker", f"model/{self._endpoint}-v*")
        configs = arn_here("sagemaker", f"endpoint-config/{self._endpoint}-v*")
        allow(role, "sagemaker:DescribeEndpoint", "sagemaker:DeleteEndpoint", on=[endpoint])
        allow(role, "sagemaker:DeleteEndpointConfig", on=[configs])
        allow(role, "sagemaker:DeleteModel", on=[models])
        self._allow_targets(role, "application-autoscaling:DeregisterScalableTarget")
        waive(
            role,
            "object_wildcard",
            because="Versions are numbered at run time, so a grant stops at the endpoint's name.",
            findings=[finding_on(each) for each in (configs, models)],
        )
        allow_unscoped(
            role,
            "Lists",
            *("sagemaker:ListEndpointConfigs", "sagemaker:ListModels"),
            "application-autoscaling:DescribeScalableTargets",
            because="Lists of what an account has have no ARN, so no resource to scope to.",
        )
        told = {"EndpointName": self._endpoint}
        if settings.least_instances == 0:
            told["AlarmName"] = f"{self._endpoint}-{FIRST_INSTANCE_ALARM}"
            made = arn_here("cloudwatch", f"alarm:{told['AlarmName']}")
            allow(role, "cloudwatch:DeleteAlarms", on=[made])
        gone = removing.resource(self, "Removal", told)
        # It goes first, while nobody can deploy any more and everything is still allowed.
        gone.node.add_dependency(self.model_role)
        self.machine.resource.node.add_dependency(gone)
