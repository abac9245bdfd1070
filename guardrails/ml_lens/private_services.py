"""NET3: what a service offers by itself is reached from networks of ours, not from the internet."""

import re

from guardrails.ml_lens.examples import IMPORTED, one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

CLUSTER = "AWS::EKS::Cluster"
TABLE: Table = {
    CLUSTER: (Setting.of("ResourcesVpcConfig.EndpointPublicAccess", False),),
    "AWS::MSK::Cluster": (
        Setting.of("BrokerNodeGroupInfo.ConnectivityInfo?.PublicAccess?.Type", None, "DISABLED"),
        Setting.of("ClientAuthentication"),
        Setting.of("ClientAuthentication?.Unauthenticated?.Enabled", None, False),
    ),
    "AWS::MSK::ServerlessCluster": (Setting.of("ClientAuthentication.Sasl.Iam.Enabled", True),),
    "AWS::MWAA::Environment": (Setting.of("WebserverAccessMode", "PRIVATE_ONLY"),),
    "AWS::NeptuneGraph::Graph": (Setting.of("PublicConnectivity", None, False),),
    "AWS::Neptune::DBCluster": (Setting.of("IamAuthEnabled", True),),
    "AWS::RDS::DBProxy": (Setting.of("Auth[].IAMAuth", "REQUIRED", "ENABLED"),),
    "AWS::RDS::DBInstance": (Setting.of("PubliclyAccessible", False),),
    "AWS::ElasticLoadBalancingV2::LoadBalancer": (Setting.of("Scheme", "internal"),),
    "AWS::ElasticLoadBalancing::LoadBalancer": (Setting.of("Scheme", "internal"),),
    "AWS::Transfer::Server": (Setting.of("EndpointType", "VPC"),),
    "AWS::AppRunner::Service": (
        Setting.of("NetworkConfiguration.IngressConfiguration.IsPubliclyAccessible", False),
    ),
    "AWS::EMRServerless::Application": (
        Setting.of("NetworkConfiguration.SubnetIds"),
        Setting.of("NetworkConfiguration.SecurityGroupIds"),
    ),
    "AWS::SageMaker::Cluster": (
        Setting.of("VpcConfig.Subnets"),
        Setting.of("VpcConfig.SecurityGroupIds"),
    ),
    "AWS::Comprehend::DocumentClassifier": (Setting.of("VpcConfig.Subnets"),),
    "AWS::Comprehend::Flywheel": (Setting.of("DataSecurityConfig.VpcConfig.Subnets"),),
    "AWS::Glue::DevEndpoint": (Setting.of("SubnetId"),),
    # Within its network too a store asks who comes.
    "AWS::ElastiCache::User": (
        Setting.of("NoPasswordRequired", None, False),
        Setting.of("AuthenticationMode?.Type", "iam", "password"),
    ),
    "AWS::MemoryDB::User": (Setting.of("AuthenticationMode.Type", "iam", "password"),),
    "AWS::MemoryDB::Cluster": (Setting.of("ACLName", re.compile("(?!open-access$).+")),),
    "AWS::S3::MultiRegionAccessPoint": tuple(
        Setting.of(f"PublicAccessBlockConfiguration.{name}", True)
        for name in (
            *("BlockPublicAcls", "BlockPublicPolicy"),
            *("IgnorePublicAcls", "RestrictPublicBuckets"),
        )
    ),
}
RULE = Rule(
    id="MlLens-NET3",
    practice="MLSEC04-BP01",
    message="a service must be reached from the networks that may use it, by those it knows",
    fix="switch public access off, name subnets and security groups, and ask callers for IAM",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(
        CLUSTER, ResourcesVpcConfig={"SubnetIds": IMPORTED, "EndpointPublicAccess": False}
    ),
    violating=one(CLUSTER, ResourcesVpcConfig={"SubnetIds": IMPORTED}),
    beyond=("AwsSolutions-EKS1",),
)
