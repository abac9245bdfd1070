"""Where executions are tracked: a managed MLflow app, with a role and a folder of its own."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from stacks.shared.arns import arn_here
from stacks.shared.bucket import PrivateBucket
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, on_behalf_of, waive_inline

FOLDER = "experiments/"
MAINTENANCE = "Sun:03:30"  # UTC
# What a pipeline logs an execution by, as steps of MLflow's REST API.
TRACKED_BY = (
    *("CreateExperiment", "GetExperiment", "GetExperimentByName", "CreateRun", "GetRun"),
    *("UpdateRun", "SearchRuns", "LogBatch", "LogMetric", "LogParam", "LogInputs", "SetTag"),
)


class MlflowApp(Construct):
    """An app without instances, whose artifacts lie in the bucket of artifacts, under its key.

    What it keeps besides (names, parameters, measures) is under a key of AWS's: CreateMlflowApp
    takes a customer's, and CloudFormation's type does not yet (aws-cdk-lib 2.275.0).
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, artifacts: PrivateBucket, key: CustomerKey
    ) -> None:
        super().__init__(scope, construct_id)
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "sagemaker.amazonaws.com", conditions=on_behalf_of(arn_here("sagemaker", "*"))
            ),
        )
        artifacts.allow(role, "s3:GetObject", "s3:PutObject", prefix=FOLDER)
        allow(
            role,
            "s3:ListBucket",
            on=[artifacts.bucket_arn],
            conditions={"StringLike": {"s3:prefix": f"{FOLDER}*"}},
        )
        key.allow(role, "kms:Decrypt", "kms:GenerateDataKey", through=["s3"])
        waive_inline(role)
        self.app = sagemaker.CfnMlflowApp(
            self,
            "Resource",
            name=Stack.of(self).stack_name,
            artifact_store_uri=f"s3://{artifacts.bucket_name}/{FOLDER.rstrip('/')}",
            role_arn=role.role_arn,
            # A package is registered by the pipeline, once it was judged.
            model_registration_mode="AutoModelRegistrationDisabled",
            weekly_maintenance_window_start=MAINTENANCE,
        )
        self.app.node.add_dependency(role)
        self.arn = self.app.attr_arn

    def allow_tracking(self, role: iam.Role) -> None:
        """Let a pipeline's role log its executions, and delete nothing."""
        allow(role, "sagemaker:CallMlflowAppApi", "sagemaker:DescribeMlflowApp", on=[self.arn])
        allow(role, *(f"sagemaker-mlflow:{action}" for action in TRACKED_BY), on=[self.arn])
