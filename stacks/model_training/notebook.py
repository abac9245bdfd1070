"""A notebook, if a setting wants one: in a network of its own that leads nowhere but to AWS."""

from pathlib import Path

from aws_cdk import Aws, Fn, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from guardrails import waive
from stacks.model_training.settings import ModelTraining
from stacks.model_training.training_pipeline import TrainingPipeline
from stacks.shared.arns import arn_here, finding_on
from stacks.shared.bucket import PrivateBucket
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import ONE_ROLE, allow, on_behalf_of, waive_inline

Metadata = sagemaker.CfnNotebookInstance.InstanceMetadataServiceConfigurationProperty
Lifecycle = sagemaker.CfnNotebookInstanceLifecycleConfig
# The platform with JupyterLab 4 on Amazon Linux 2023; those on Amazon Linux 2 end in 2026:
# https://docs.aws.amazon.com/sagemaker/latest/dg/nbi-jl.html
PLATFORM = "notebook-al2023-v1"
SCRIPT = Path(__file__).parents[2] / "jobs" / "model_training" / "stop_when_idle.py"
PLACE = "/usr/local/bin/stop-when-idle"
EVERY = "5min"
NETWORK, SUBNET = "10.71.0.0/26", "10.71.0.0/27"
# What a notebook calls, each by an endpoint of its own: jobs and packages, who it is, its log.
SERVICES = ("sagemaker.api", "sts", "logs")
HTTPS = 443


class Notebook(Construct):
    """A place to look at what was trained: no root, no internet, no data but the artifacts.

    It may read what executions left and describe what SageMaker knows of them, and writes nothing
    but its own lines. It stops by itself once nobody works in it.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        settings: ModelTraining,
        *,
        key: CustomerKey,
        artifacts: PrivateBucket,
        pipeline: TrainingPipeline,
    ) -> None:
        super().__init__(scope, construct_id)
        self._key, self._settings = key, settings
        self._network = ec2.CfnVPC(
            self, "Network", cidr_block=NETWORK, enable_dns_hostnames=True, enable_dns_support=True
        )
        waive(
            self._network,
            "default_security_group",
            because="Nothing is in that group: the notebook and its endpoints have groups of "
            "their own, and the network has no way out.",
        )
        self._subnet = ec2.CfnSubnet(
            self,
            "Subnet",
            vpc_id=self._network.ref,
            cidr_block=SUBNET,
            availability_zone=Fn.select(0, Fn.get_azs()),
            map_public_ip_on_launch=False,
        )
        self._log_flows()
        groups = self._groups()
        self._lead_to_s3(artifacts)
        self._lead_to_services(groups["Endpoints"])
        self.role = self._own_role(artifacts, pipeline)
        self.notebook = sagemaker.CfnNotebookInstance(
            self,
            "Resource",
            instance_type=settings.notebook_instance,
            role_arn=self.role.role_arn,
            platform_identifier=PLATFORM,
            root_access="Disabled",
            direct_internet_access="Disabled",
            subnet_id=self._subnet.ref,
            security_group_ids=[groups["Notebook"].attr_group_id],
            kms_key_id=key.key_id,
            volume_size_in_gb=settings.notebook_gib,
            lifecycle_config_name=self._stops_when_idle(),
            instance_metadata_service_configuration=Metadata(
                minimum_instance_metadata_service_version="2"
            ),
        )
        self.notebook.node.add_dependency(self.role)
        # A policy of its own, as it names the notebook, which needs the role first.
        stop = iam.PolicyStatement(
            actions=["sagemaker:StopNotebookInstance"], resources=[self.notebook.ref]
        )
        waive(
            iam.Policy(self, "StopItself", roles=[self.role], statements=[stop]),
            "inline_policy",
            because=ONE_ROLE,
        )

    def _groups(self) -> dict[str, ec2.CfnSecurityGroup]:
        """Let the notebook call endpoints, by TLS, and let nobody call the notebook."""
        made = {
            "Notebook": self._group(
                "Notebook",
                "The notebook: it calls, and is not called.",
                reaches="0.0.0.0/0",
                what="Endpoints, and S3 by its gateway; the network leads nowhere else.",
            ),
            "Endpoints": self._group(
                "Endpoints",
                "Endpoints: they are called, and call nobody.",
                reaches="127.0.0.1/32",
                what="Nobody.",
            ),
        }
        ec2.CfnSecurityGroupIngress(
            self,
            "FromNotebook",
            group_id=made["Endpoints"].attr_group_id,
            source_security_group_id=made["Notebook"].attr_group_id,
            description="The notebook.",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
        )
        return made

    def _group(self, name: str, told: str, *, reaches: str, what: str) -> ec2.CfnSecurityGroup:
        egress = ec2.CfnSecurityGroup.EgressProperty(
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ip=reaches,
            description=what,
        )
        return ec2.CfnSecurityGroup(
            self,
            f"{name}Group",
            group_description=told,
            vpc_id=self._network.ref,
            security_group_egress=[egress],
        )

    def _lead_to_s3(self, artifacts: PrivateBucket) -> None:
        """Route what is for S3 through a gateway that knows one bucket of ours."""
        table = ec2.CfnRouteTable(self, "Routes", vpc_id=self._network.ref)
        ec2.CfnSubnetRouteTableAssociation(
            self, "Routed", subnet_id=self._subnet.ref, route_table_id=table.ref
        )
        ec2.CfnVPCEndpoint(
            self,
            "S3",
            service_name=f"com.amazonaws.{Aws.REGION}.s3",
            vpc_id=self._network.ref,
            vpc_endpoint_type="Gateway",
            route_table_ids=[table.ref],
            policy_document=_of_this_account(
                "s3:GetObject",
                "s3:ListBucket",
                on=[artifacts.bucket_arn, artifacts.arn_for_objects("executions/*")],
            ),
        )

    def _lead_to_services(self, group: ec2.CfnSecurityGroup) -> None:
        for service in SERVICES:
            ec2.CfnVPCEndpoint(
                self,
                service.title().replace(".", ""),
                service_name=f"com.amazonaws.{Aws.REGION}.{service}",
                vpc_id=self._network.ref,
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=[self._subnet.ref],
                security_group_ids=[group.attr_group_id],
                policy_document=_of_this_account(f"{service.partition('.')[0]}:*", on=["*"]),
            )

    def _log_flows(self) -> None:
        """Keep who called whom in the network."""
        kept = logs.CfnLogGroup(
            self,
            "Flows",
            kms_key_id=self._key.key_arn,
            retention_in_days=self._settings.log_days,
        )
        kept.apply_removal_policy(RemovalPolicy.DESTROY)
        self._key.serve_logs()
        kept.node.add_dependency(self._key)
        role = iam.Role(
            self,
            "FlowRole",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions=on_behalf_of(arn_here("ec2", "vpc-flow-log/*")),
            ),
        )
        allow(role, "logs:CreateLogStream", "logs:PutLogEvents", on=[kept.attr_arn])
        waive_inline(role)
        ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self._network.ref,
            resource_type="VPC",
            traffic_type="ALL",
            log_group_name=kept.ref,
            deliver_logs_permission_arn=role.role_arn,
        ).node.add_dependency(role)

    def _own_role(self, artifacts: PrivateBucket, pipeline: TrainingPipeline) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal(
                "sagemaker.amazonaws.com",
                conditions=on_behalf_of(arn_here("sagemaker", "notebook-instance/*")),
            ),
        )
        group = arn_here("logs", "log-group:/aws/sagemaker/NotebookInstances")
        artifacts.allow(role, "s3:GetObject", prefix="executions/")
        allow(role, "s3:ListBucket", on=[artifacts.bucket_arn])
        allow(role, "sagemaker:ListModelPackages", "sagemaker:DescribeModelPackage",
              on=[pipeline.packages_arn])  # fmt: skip
        allow(role, "logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents",
              on=[f"{group}:*"])  # fmt: skip
        self._key.allow(role, "kms:Decrypt", through=["s3"])
        waive(
            role,
            "object_wildcard",
            because="AWS names streams, and numbers packages, at run time.",
            findings=[finding_on(f"{group}:*"), pipeline.packages_finding],
        )
        waive_inline(role)
        return role

    def _stops_when_idle(self) -> str:
        """Look every five minutes whether somebody works, by a script of ours; gives its name."""
        minutes = self._settings.notebook_idle_minutes
        script = "\n".join(
            (
                "#!/bin/bash",
                "set -eu",
                f"install -m 0755 /dev/stdin {PLACE} <<'SCRIPT'",
                SCRIPT.read_text(encoding="utf-8"),
                "SCRIPT",
                f"systemd-run --unit=stop-when-idle --on-active={EVERY} --on-unit-active={EVERY} "
                f"/usr/bin/python3 {PLACE} {minutes}",
                "",
            )
        )
        made = Lifecycle(
            self,
            "StopsWhenIdle",
            on_start=[Lifecycle.NotebookInstanceLifecycleHookProperty(content=Fn.base64(script))],
        )
        return made.attr_notebook_instance_lifecycle_config_name


def _of_this_account(*actions: str, on: list[str]) -> iam.PolicyDocument:
    """Let pass what somebody of this account asks."""
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                principals=[iam.AnyPrincipal()],
                actions=list(actions),
                resources=on,
                conditions={"StringEquals": {"aws:PrincipalAccount": Aws.ACCOUNT_ID}},
            )
        ]
    )
