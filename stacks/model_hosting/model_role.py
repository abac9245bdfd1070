"""What SageMaker may do for a model's containers, which themselves can call nobody."""

from aws_cdk import Aws
from aws_cdk import aws_iam as iam
from constructs import Construct

from guardrails import waive
from stacks.model_hosting.resources import Resources
from stacks.model_hosting.stages.known_rows import FOLDER
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.hand_offs import allow_objects
from stacks.shared.images import Images
from stacks.shared.permissions import allow, allow_unscoped, on_behalf_of, waive_inline

REPOSITORY = "sagemaker-xgboost"


class ModelRole(iam.Role):
    """A role that SageMaker takes to fetch an image and a model, to check, log and capture."""

    def __init__(self, scope: Construct, construct_id: str, *, resources: Resources) -> None:
        super().__init__(
            scope,
            construct_id,
            assumed_by=iam.ServicePrincipal(
                "sagemaker.amazonaws.com",
                conditions=on_behalf_of(arn_here("sagemaker", "*")),
            ),
        )
        allow_objects(self, resources.inputs.model_files)
        waive_inline(self)
        resources.captures.allow(self, "s3:PutObject", prefix="captured/")
        resources.captures.allow(self, "s3:GetObject", "s3:PutObject", prefix=f"{FOLDER}/")
        # SageMaker lists the prefix that a job is told.
        allow(
            self,
            "s3:ListBucket",
            on=[resources.captures.bucket_arn],
            conditions={"StringLike": {"s3:prefix": f"{FOLDER}/*"}},
        )
        resources.key.allow(self, "kms:Decrypt", "kms:GenerateDataKey", through=["s3"])
        endpoint, jobs = resources.endpoint, "log-group:/aws/sagemaker/TransformJobs"
        served = arn_here("logs", f"log-group:/aws/sagemaker/Endpoints/{endpoint}")
        checked = arn_here("logs", jobs)
        groups = [f"{served}:*", f"{checked}:*"]
        streams = [f"{each}:log-stream:*" for each in (served, checked)]
        allow(self, "logs:CreateLogGroup", "logs:DescribeLogStreams", on=groups)
        allow(self, "logs:CreateLogStream", "logs:PutLogEvents", on=streams)
        account = Images(self, "Registry", group="framework").account
        image = f"arn:{Aws.PARTITION}:ecr:{Aws.REGION}:{account}:repository/{REPOSITORY}"
        allow(
            self,
            *("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
            on=[image],
        )
        waive(
            self,
            "object_wildcard",
            because="SageMaker names a stream after the instance that writes it, at run time.",
            findings=[finding_on(each) for each in (*groups, *streams)],
        )
        allow_unscoped(
            self,
            "Images",
            "ecr:GetAuthorizationToken",
            because="A token is for a whole registry, so ECR has no resource to scope it to.",
        )
