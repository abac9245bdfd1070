"""TPL2: every type of a template is one that a rule reads, or one that needs none."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from guardrails.ml_lens.discovery import rules
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Template

# Types that the rules of cdk-nag's packs look at; a test reads them out of its source.
PACKED = Path(__file__).with_name("packed_types.txt")
HARMLESS: Mapping[str, str] = {
    "AWS::ApiGateway::Account": "names the role for logs, which is judged",
    "AWS::ApiGateway::Authorizer": "it only refuses",
    "AWS::ApiGateway::Model": "the shape of a body",
    "AWS::ApiGateway::Resource": "a path without a method",
    "AWS::ApiGatewayV2::Authorizer": "it only refuses",
    "AWS::ApiGatewayV2::Deployment": "a copy of routes that are judged",
    "AWS::ApiGatewayV2::Integration": "a target; its address is read for plain HTTP",
    "AWS::AppSync::DataSource": "its role is judged",
    "AWS::AppSync::FunctionConfiguration": "code behind an API that is judged",
    "AWS::AppSync::GraphQLSchema": "a shape",
    "AWS::AppSync::Resolver": "code behind an API that is judged",
    "AWS::ApplicationAutoScaling::ScalingPolicy": "a number of copies",
    "AWS::Athena::NamedQuery": "text that runs with the rights of whoever runs it",
    "AWS::Athena::PreparedStatement": "text that runs with the rights of whoever runs it",
    "AWS::Backup::BackupPlan": "a schedule of copies into a vault that is judged",
    "AWS::Bedrock::KnowledgeBase": "its role and its store are judged",
    "AWS::Budgets::Budget": "a figure and whom to tell",
    "AWS::CDK::Metadata": "what CDK counts",
    "AWS::CE::AnomalyMonitor": "a figure",
    "AWS::CE::AnomalySubscription": "whom to tell of a figure",
    "AWS::CloudFormation::CustomResource": "its function is judged where it is defined",
    "AWS::CloudFormation::WaitCondition": "it waits",
    "AWS::CloudFormation::WaitConditionHandle": "it is waited for",
    "AWS::CloudWatch::AnomalyDetector": "it measures",
    "AWS::CloudWatch::Dashboard": "it shows measures",
    "AWS::CloudWatch::InsightRule": "it counts in logs that are judged",
    "AWS::CodeArtifact::Repository": "its policy is judged",
    "AWS::CodeBuild::SourceCredential": "a connection; a token in it is a secret that is found",
    "AWS::EC2::DHCPOptions": "names inside a network",
    "AWS::EC2::InternetGateway": "a door; who has a public address is judged",
    "AWS::EC2::NatGateway": "a way out only",
    "AWS::EC2::RouteTable": "a list of routes",
    "AWS::EC2::SecurityGroupEgress": "a way out only",
    "AWS::EC2::SubnetNetworkAclAssociation": "it ties two that are judged",
    "AWS::EC2::SubnetRouteTableAssociation": "it ties two that are judged",
    "AWS::EC2::VPCGatewayAttachment": "it ties two that are judged",
    "AWS::ECS::ClusterCapacityProviderAssociations": "where tasks run",
    "AWS::EFS::MountTarget": "a door into a network; its groups are judged",
    "AWS::EMRContainers::VirtualCluster": "a part of a cluster that is judged",
    "AWS::EventSchemas::RegistryPolicy": "its policy is judged",
    "AWS::Glue::Classifier": "how a file is read",
    "AWS::Glue::DataQualityRuleset": "text that judges data",
    "AWS::Glue::Database": "a name in the catalog, which has one policy for all",
    "AWS::Glue::Partition": "a part of a table",
    "AWS::Glue::Registry": "a list of shapes",
    "AWS::Glue::Schema": "a shape",
    "AWS::Glue::SchemaVersion": "a shape",
    "AWS::Glue::Trigger": "when a job runs that is judged",
    "AWS::Glue::Workflow": "the order of jobs that are judged",
    "AWS::GreengrassV2::Deployment": "which components a thing gets",
    "AWS::IAM::InstanceProfile": "it ties a role that is judged to an instance",
    "AWS::IAM::OIDCProvider": "who trusts it is judged",
    "AWS::IAM::SAMLProvider": "who trusts it is judged",
    "AWS::IAM::ServiceLinkedRole": "AWS writes its policy",
    "AWS::IoT::AccountAuditConfiguration": "it only looks",
    "AWS::IoT::Certificate": "what it may do is a policy that is judged",
    "AWS::IoT::PolicyPrincipalAttachment": "it ties a policy that is judged",
    "AWS::IoT::Thing": "a name",
    "AWS::IoT::ThingGroup": "a list of names",
    "AWS::IoT::ThingPrincipalAttachment": "it ties a certificate to a name",
    "AWS::IoT::ThingType": "a name",
    "AWS::KMS::Alias": "another name for a key that is judged",
    "AWS::Kinesis::ResourcePolicy": "its policy is judged",
    "AWS::LakeFormation::Tag": "a name",
    "AWS::LakeFormation::TagAssociation": "it ties a name to a table",
    "AWS::Lambda::Alias": "another name for a function that is judged",
    "AWS::Lambda::LayerVersion": "code; who may use it is judged",
    "AWS::Lambda::Version": "a copy of a function that is judged",
    "AWS::Logs::Destination": "its policy is judged",
    "AWS::Logs::LogStream": "a part of a group that is judged",
    "AWS::Logs::MetricFilter": "it counts in logs that are judged",
    "AWS::Logs::QueryDefinition": "a saved question",
    "AWS::Logs::ResourcePolicy": "its policy is judged",
    "AWS::MSK::ClusterPolicy": "its policy is judged",
    "AWS::OpenSearchServerless::Collection": "its policies are judged",
    "AWS::Pinpoint::App": "a name",
    "AWS::RDS::DBSubnetGroup": "a list of subnets that are judged",
    "AWS::Rekognition::Collection": "AWS offers it no setting; who may search it is judged",
    "AWS::ResourceGroups::Group": "a list",
    "AWS::S3::MultiRegionAccessPointPolicy": "its policy is judged",
    "AWS::S3Express::BucketPolicy": "its policy is judged",
    "AWS::S3Tables::Namespace": "a name",
    "AWS::S3Tables::Table": "a part of a bucket that is judged",
    "AWS::S3Tables::TableBucketPolicy": "its policy is judged",
    "AWS::S3Tables::TablePolicy": "its policy is judged",
    "AWS::S3Vectors::VectorBucketPolicy": "its policy is judged",
    "AWS::SSM::Document": "steps that run with the rights of whoever runs them",
    "AWS::SageMaker::App": "it runs in a domain that is judged",
    "AWS::SageMaker::CodeRepository": "an address; its secret is in Secrets Manager",
    "AWS::SageMaker::Endpoint": "it serves a configuration that is judged",
    "AWS::SageMaker::Image": "its role is judged",
    "AWS::SageMaker::ImageVersion": "a container; what runs it is judged",
    "AWS::SageMaker::InferenceComponent": "a copy of a model that is judged",
    "AWS::SageMaker::MlflowApp": "its role and bucket are judged",
    "AWS::SageMaker::MlflowTrackingServer": "its role and bucket are judged",
    "AWS::SageMaker::ModelCard": "what people wrote about a model",
    "AWS::SageMaker::ModelPackage": "a container and a file; the model of it is judged",
    "AWS::SageMaker::ModelPackageGroup": "a list; its policy is judged",
    "AWS::SageMaker::Project": "its product is judged where it is defined",
    "AWS::SageMaker::Space": "it runs in a domain that is judged",
    "AWS::Scheduler::ScheduleGroup": "a list",
    "AWS::StepFunctions::StateMachineAlias": "another name for a machine that is judged",
    "AWS::StepFunctions::StateMachineVersion": "a copy of a machine that is judged",
    "AWS::XRay::Group": "a filter of traces",
    "AWS::XRay::SamplingRule": "a share of traces",
}


@cache
def packed_types() -> frozenset[str]:
    """Return the types that at least one rule of a public pack reads."""
    return frozenset(PACKED.read_text("utf-8").split())


@cache
def ruled_types() -> frozenset[str]:
    """Return the types that our own rules read."""
    return frozenset(type_ for rule in rules() for type_ in rule.types)


def check(template: Template) -> Iterator[Finding]:
    """Yield each resource of a type that nobody has looked at."""
    for resource in template.resources.values():
        known = resource.type in HARMLESS or resource.type in packed_types() | ruled_types()
        if not known and not resource.type.startswith("Custom::"):
            detail = f"is {resource.type}, which no rule reads"
            yield Finding(resource.logical_id, "Type", detail)


RULE = Rule(
    id="MlLens-TPL2",
    practice="MLOPS06-BP01",
    message="a type must be one that a rule reads",
    fix="write a rule for it, or say in guardrails/ml_lens/known_types.py why it needs none",
    check=check,
    compliant=one("AWS::CloudFormation::WaitConditionHandle"),
    violating=one("AWS::GameLift::Fleet"),
)
