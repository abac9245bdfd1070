"""HST1: nobody gets at a host or a container but by what it offers."""

import re

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

TASK = "AWS::ECS::TaskDefinition"
OFF = (None, False)
TOKENS = Setting.of("MetadataOptions.HttpTokens", "required")
NO_DOCKER = Setting.of("DomainSettings?.DockerSettings?.EnableDockerAccess", None, "DISABLED")
CURRENT_NOTEBOOKS = re.compile(r"notebook-al(2|2023)-v\d+")
TABLE: Table = {
    "AWS::EC2::Instance": (Setting.of("KeyName", None), TOKENS),
    "AWS::EC2::LaunchTemplate": (
        Setting.of("LaunchTemplateData.KeyName", None),
        Setting.of("LaunchTemplateData.MetadataOptions.HttpTokens", "required"),
        Setting.of("LaunchTemplateData.BlockDeviceMappings[].Ebs?.Encrypted", True),
    ),
    "AWS::AutoScaling::LaunchConfiguration": (Setting.of("KeyName", None), TOKENS),
    "AWS::Batch::ComputeEnvironment": (Setting.of("ComputeResources?.Ec2KeyPair", None),),
    "AWS::Batch::JobDefinition": (Setting.of("ContainerProperties?.Privileged", *OFF),),
    TASK: (
        Setting.of("ContainerDefinitions[].Privileged", *OFF),
        Setting.of("PidMode", None, "task"),
    ),
    "AWS::ECS::Service": (Setting.of("EnableExecuteCommand", *OFF),),
    "AWS::EKS::Nodegroup": (Setting.of("RemoteAccess", None),),
    "AWS::EMR::Cluster": (Setting.of("Instances.Ec2KeyName", None),),
    "AWS::Glue::DevEndpoint": (
        Setting.of("PublicKey", None),
        Setting.of("PublicKeys", None),
    ),
    "AWS::CodeBuild::Project": (Setting.of("Environment.PrivilegedMode", *OFF),),
    "AWS::SageMaker::EndpointConfig": (
        Setting.of("ProductionVariants[].EnableSSMAccess", *OFF),
        Setting.of("ShadowProductionVariants[].EnableSSMAccess", *OFF),
    ),
    "AWS::SageMaker::Domain": (NO_DOCKER,),
    "AWS::SageMaker::NotebookInstance": (
        Setting.of("PlatformIdentifier", None, CURRENT_NOTEBOOKS),
    ),
}
RULE = Rule(
    id="MlLens-HST1",
    practice="MLSEC04-BP01",
    message="hosts and containers must be closed",
    fix="no keys, shells or privileges; metadata of instances by tokens only; encrypted volumes",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(TASK, ContainerDefinitions=[{"Name": "app", "Privileged": False}]),
    violating=one(TASK, ContainerDefinitions=[{"Name": "app", "Privileged": True}]),
    beyond=("NIST.800.53.R5-EC2IMDSv2Enabled", "AwsSolutions-CB4"),
)
