"""No false alarm: templates as a careful team writes them, for each service that a rule reads."""

import base64
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
from aws_cdk import Stack
from aws_cdk.cloudformation_include import CfnInclude

from guardrails import CONCERNS, guard
from guardrails.report import REPORT

ACCOUNT, PARTITION = ({"Ref": f"AWS::{name}"} for name in ("AccountId", "Partition"))
KEY = {"Fn::GetAtt": ["Key", "Arn"]}
IMPORTED = {"Fn::ImportValue": "network-subnet"}
NETWORK = {"Subnets": [IMPORTED], "SecurityGroupIds": [{"Fn::ImportValue": "network-group"}]}
OURS = {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def arn(service, rest, region="${AWS::Region}"):
    """Spell an ARN of this account."""
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:{region}:${{AWS::AccountId}}:{rest}"}


def document(*statements):
    """Write a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action, resource, **more):
    """Write a statement that allows."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def no_http(action, resource):
    """Write the statement that refuses plain HTTP."""
    condition = {"Bool": {"aws:SecureTransport": "false"}}
    denied = {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": action}
    return {**denied, "Resource": resource, "Condition": condition}


def made(type_, **properties):
    """Write one resource."""
    return {"Type": f"AWS::{type_}", "Properties": properties}


def role(service, *statements, condition=OURS):
    """Write a role for a service, with a policy of its own."""
    trust = allow("sts:AssumeRole", None, Principal={"Service": f"{service}.amazonaws.com"})
    del trust["Resource"]
    conditions = {"Condition": condition} if condition else {}
    policies = [{"PolicyName": "own", "PolicyDocument": document(*statements)}]
    more = {"Policies": policies} if statements else {}
    return made("IAM::Role", AssumeRolePolicyDocument=document({**trust, **conditions}), **more)


ROOT_OF_KEY = {
    "Effect": "Allow",
    "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
    "Action": "kms:*",
    "Resource": "*",
}
COMMON = {"Key": made("KMS::Key", EnableKeyRotation=True, KeyPolicy=document(ROOT_OF_KEY))}
QUEUE = {"KmsMasterKeyId": KEY, "MessageRetentionPeriod": 345600}
DEAD = made("SQS::Queue", **QUEUE)
ALARM = made(
    "CloudWatch::Alarm",
    Namespace="AWS/SQS",
    MetricName="ApproximateNumberOfMessagesVisible",
    Dimensions=[{"Name": "QueueName", "Value": {"Fn::GetAtt": ["Dead", "QueueName"]}}],
    Statistic="Maximum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=1,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    AlarmActions=[{"Ref": "Topic"}],
)
TOPIC = made("SNS::Topic", KmsMasterKeyId=KEY)
TOPIC_POLICY = made(
    "SNS::TopicPolicy",
    Topics=[{"Ref": "Topic"}],
    PolicyDocument=document(no_http("sns:Publish", {"Ref": "Topic"})),
)
LOGS = made("Logs::LogGroup", RetentionInDays=30, KmsKeyId=KEY)
LAST = {
    "Dead": DEAD,
    "DeadPolicy": made(
        "SQS::QueuePolicy",
        Queues=[{"Ref": "Dead"}],
        PolicyDocument=document(no_http("sqs:*", {"Fn::GetAtt": ["Dead", "Arn"]})),
    ),
    "Alarm": ALARM,
    "Topic": TOPIC,
    "TopicPolicy": TOPIC_POLICY,
}
DEAD_ARN = {"Fn::GetAtt": ["Dead", "Arn"]}


def bucket(name, **more):
    """Write a bucket with its policy and its access logs."""
    own = {"Fn::GetAtt": [name, "Arn"]}
    blocks = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    rule = {"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}
    expiring = {
        "Status": "Enabled",
        "ExpirationInDays": 30,
        "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
    }
    return {
        name: made(
            "S3::Bucket",
            BucketEncryption={"ServerSideEncryptionConfiguration": [rule]},
            PublicAccessBlockConfiguration=dict.fromkeys(blocks, True),
            VersioningConfiguration={"Status": "Enabled"},
            LifecycleConfiguration={"Rules": [expiring]},
            LoggingConfiguration={"DestinationBucketName": {"Fn::ImportValue": "access-logs"}},
            **more,
        ),
        f"{name}Policy": made(
            "S3::BucketPolicy",
            Bucket={"Ref": name},
            PolicyDocument=document(
                no_http("s3:*", [own, {"Fn::Join": ["", [own, "/*"]]}]),
            ),
        ),
    }


TRAINING = {
    "EnableNetworkIsolation": True,
    "EnableInterContainerTrafficEncryption": True,
    "VpcConfig": {"Subnets": ["${Subnet}"], "SecurityGroupIds": ["${Group}"]},
    "ResourceConfig": {"VolumeKmsKeyId": "${Key}", "InstanceType": "ml.m5.large"},
    "OutputDataConfig": {"KmsKeyId": "${Key}", "S3OutputPath": "s3://models/churn"},
}
MACHINE = {
    "StartAt": "Train",
    "States": {
        "Train": {
            "Type": "Task",
            "Resource": "arn:${Partition}:states:::sagemaker:createTrainingJob.sync",
            "Parameters": TRAINING,
            "Retry": [{"ErrorEquals": ["States.TaskFailed"], "MaxAttempts": 2}],
            "TimeoutSeconds": 3600,
            "End": True,
        }
    },
}
PIPELINE = json.dumps(
    {
        "Version": "2020-12-01",
        "Steps": [{"Name": "Train", "Type": "Training", "Arguments": TRAINING}],
    }
)
SPARK = made(
    "Glue::SecurityConfiguration",
    Name="lake",
    EncryptionConfiguration={
        "S3Encryptions": [{"S3EncryptionMode": "SSE-KMS", "KmsKeyArn": KEY}],
        "CloudWatchEncryption": {"CloudWatchEncryptionMode": "SSE-KMS", "KmsKeyArn": KEY},
        "JobBookmarksEncryption": {"JobBookmarksEncryptionMode": "CSE-KMS", "KmsKeyArn": KEY},
    },
)
IMAGE = {"Fn::Sub": "${AWS::AccountId}.dkr.ecr.${AWS::Region}.${AWS::URLSuffix}/churn:1"}
CI = {"Federated": arn("iam", "oidc-provider/ci.example.com", region="")}
FROM_CI = {
    "StringEquals": {"ci.example.com:aud": "sts"},
    "StringLike": {"ci.example.com:sub": "repo:owner/churn:*"},
}
FUNCTION_ROLE = role(
    "lambda",
    allow(["logs:CreateLogStream", "logs:PutLogEvents"], {"Fn::GetAtt": ["Logs", "Arn"]}),
    condition=None,
)

GOOD = {
    "a bucket": bucket("Frames"),
    "a queue with its dead letters and their alarm": {
        "Jobs": made(
            "SQS::Queue",
            **QUEUE,
            RedrivePolicy={"deadLetterTargetArn": DEAD_ARN, "maxReceiveCount": 5},
        ),
        "JobsPolicy": made(
            "SQS::QueuePolicy",
            Queues=[{"Ref": "Jobs"}],
            PolicyDocument=document(
                no_http("sqs:*", {"Fn::GetAtt": ["Jobs", "Arn"]}),
                allow(
                    "sqs:SendMessage",
                    {"Fn::GetAtt": ["Jobs", "Arn"]},
                    Principal={"Service": "s3.amazonaws.com"},
                    Condition=OURS,
                ),
            ),
        ),
        **LAST,
    },
    "a table": {
        "Seen": made(
            "DynamoDB::Table",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
            SSESpecification={"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": KEY},
            TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"},
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
        )
    },
    "a function": {
        "Logs": LOGS,
        "Role": FUNCTION_ROLE,
        "Analyze": made(
            "Lambda::Function",
            Runtime="python3.14",
            Handler="index.handler",
            Code={"ZipFile": "def handler(event, context): ..."},
            Role={"Fn::GetAtt": ["Role", "Arn"]},
            MemorySize=512,
            Timeout=30,
            KmsKeyArn=KEY,
            Environment={"Variables": {"SECRET_ARN": {"Ref": "Key"}, "STAGE": "dev"}},
            LoggingConfig={"LogGroup": {"Ref": "Logs"}, "LogFormat": "JSON"},
            TracingConfig={"Mode": "Active"},
        ),
    },
    "a rule and a schedule with dead letters": {
        **LAST,
        "Rule": made(
            "Events::Rule",
            EventPattern={"source": ["aws.transcribe"]},
            Targets=[{"Id": "a", "Arn": arn("sqs", "jobs"), "DeadLetterConfig": {"Arn": DEAD_ARN}}],
        ),
        "Role": role("scheduler", allow("sqs:SendMessage", arn("sqs", "jobs"))),
        "Schedule": made(
            "Scheduler::Schedule",
            ScheduleExpression="rate(1 day)",
            FlexibleTimeWindow={"Mode": "OFF"},
            KmsKeyArn=KEY,
            Target={
                "Arn": arn("sqs", "jobs"),
                "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
                "DeadLetterConfig": {"Arn": DEAD_ARN},
            },
        ),
    },
    "a state machine that trains": {
        "Logs": LOGS,
        "Role": role(
            "states",
            allow("sagemaker:DescribeTrainingJob", arn("sagemaker", "training-job/churn-*")),
        ),
        "Train": made(
            "StepFunctions::StateMachine",
            RoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            DefinitionString=json.dumps(MACHINE),
            DefinitionSubstitutions={
                "Partition": PARTITION,
                "Key": {"Ref": "Key"},
                "Subnet": IMPORTED,
                "Group": IMPORTED,
            },
            EncryptionConfiguration={"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": KEY},
            LoggingConfiguration={
                "Level": "ALL",
                "IncludeExecutionData": False,
                "Destinations": [
                    {"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": ["Logs", "Arn"]}}}
                ],
            },
            TracingConfiguration={"Enabled": True},
        ),
    },
    "a job and a crawler of Glue": {
        "Lake": SPARK,
        "Role": role(
            "glue",
            allow("s3:GetObject", {"Fn::Sub": "arn:${AWS::Partition}:s3:::lake/raw/*"}),
            condition=None,
        ),
        "Curate": made(
            "Glue::Job",
            Role={"Ref": "Role"},
            Command={"Name": "glueetl", "ScriptLocation": "s3://lake/curate.py"},
            GlueVersion="5.1",
            WorkerType="G.1X",
            NumberOfWorkers=2,
            SecurityConfiguration={"Ref": "Lake"},
            DefaultArguments={"--enable-continuous-cloudwatch-log": "true"},
        ),
        "Crawl": made(
            "Glue::Crawler",
            Role={"Ref": "Role"},
            DatabaseName="lake",
            Targets={"S3Targets": [{"Path": "s3://lake/raw"}]},
            CrawlerSecurityConfiguration={"Ref": "Lake"},
        ),
    },
    "a workgroup": {
        "Queries": made(
            "Athena::WorkGroup",
            Name="lake",
            WorkGroupConfiguration={
                "EnforceWorkGroupConfiguration": True,
                "ResultConfiguration": {
                    "OutputLocation": "s3://lake/queries/",
                    "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": KEY},
                },
            },
        )
    },
    "a model and its endpoint": {
        "Role": role(
            "sagemaker",
            allow("s3:GetObject", {"Fn::Sub": "arn:${AWS::Partition}:s3:::models/churn/*"}),
        ),
        "Model": made(
            "SageMaker::Model",
            ExecutionRoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            EnableNetworkIsolation=True,
            VpcConfig=NETWORK,
            PrimaryContainer={"Image": IMAGE},
        ),
        "Config": made(
            "SageMaker::EndpointConfig",
            KmsKeyId={"Ref": "Key"},
            DataCaptureConfig={
                "EnableCapture": True,
                "KmsKeyId": {"Ref": "Key"},
                "InitialSamplingPercentage": 100,
                "DestinationS3Uri": "s3://captured/churn",
                "CaptureOptions": [{"CaptureMode": "Input"}],
            },
            ProductionVariants=[
                {
                    "ModelName": {"Fn::GetAtt": ["Model", "ModelName"]},
                    "VariantName": "a",
                    "InitialVariantWeight": 1,
                    "InitialInstanceCount": 2,
                    "InstanceType": "ml.m5.large",
                }
            ],
        ),
        "Endpoint": made(
            "SageMaker::Endpoint",
            EndpointConfigName={"Fn::GetAtt": ["Config", "EndpointConfigName"]},
        ),
    },
    "a notebook": {
        "Role": role(
            "sagemaker",
            allow("s3:GetObject", {"Fn::Sub": "arn:${AWS::Partition}:s3:::models/churn/*"}),
        ),
        "Start": made(
            "SageMaker::NotebookInstanceLifecycleConfig",
            OnStart=[{"Content": base64.b64encode(b"umask 077\n").decode()}],
        ),
        "Notebook": made(
            "SageMaker::NotebookInstance",
            InstanceType="ml.t3.medium",
            RoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            KmsKeyId={"Ref": "Key"},
            RootAccess="Disabled",
            DirectInternetAccess="Disabled",
            SubnetId=IMPORTED,
            SecurityGroupIds=NETWORK["SecurityGroupIds"],
            LifecycleConfigName={"Fn::GetAtt": ["Start", "NotebookInstanceLifecycleConfigName"]},
        ),
    },
    "a Studio domain": {
        "Studio": made(
            "SageMaker::Domain",
            AuthMode="IAM",
            DomainName="studio",
            VpcId=IMPORTED,
            SubnetIds=[IMPORTED],
            KmsKeyId={"Ref": "Key"},
            AppNetworkAccessType="VpcOnly",
            DefaultUserSettings={"ExecutionRole": {"Fn::ImportValue": "studio-role"}},
        )
    },
    "a feature group": {
        "Features": made(
            "SageMaker::FeatureGroup",
            FeatureGroupName="churn",
            RecordIdentifierFeatureName="id",
            EventTimeFeatureName="at",
            FeatureDefinitions=[
                {"FeatureName": "id", "FeatureType": "String"},
                {"FeatureName": "at", "FeatureType": "String"},
            ],
            OnlineStoreConfig={"EnableOnlineStore": True, "SecurityConfig": {"KmsKeyId": KEY}},
        )
    },
    "a pipeline": {
        "Role": role(
            "sagemaker",
            allow("sagemaker:DescribeTrainingJob", arn("sagemaker", "training-job/churn-*")),
        ),
        "Pipeline": made(
            "SageMaker::Pipeline",
            PipelineName="churn",
            RoleArn={"Fn::GetAtt": ["Role", "Arn"]},
            PipelineDefinition={
                "PipelineDefinitionBody": {"Fn::Sub": [PIPELINE, {"Subnet": "s", "Group": "g"}]}
            },
        ),
    },
    "a stream and its delivery": {
        "Stream": made(
            "Kinesis::Stream",
            StreamModeDetails={"StreamMode": "ON_DEMAND"},
            StreamEncryption={"EncryptionType": "KMS", "KeyId": {"Ref": "Key"}},
        ),
        "Role": role(
            "firehose", allow("s3:PutObject", {"Fn::Sub": "arn:${AWS::Partition}:s3:::lake/raw/*"})
        ),
        "Delivery": made(
            "KinesisFirehose::DeliveryStream",
            DeliveryStreamType="DirectPut",
            DeliveryStreamEncryptionConfigurationInput={
                "KeyType": "CUSTOMER_MANAGED_CMK",
                "KeyARN": KEY,
            },
            ExtendedS3DestinationConfiguration={
                "BucketARN": {"Fn::Sub": "arn:${AWS::Partition}:s3:::lake"},
                "RoleARN": {"Fn::GetAtt": ["Role", "Arn"]},
                "EncryptionConfiguration": {"KMSEncryptionConfig": {"AWSKMSKeyARN": KEY}},
                "CloudWatchLoggingOptions": {
                    "Enabled": True,
                    "LogGroupName": "delivery",
                    "LogStreamName": "lake",
                },
            },
        ),
    },
    "a network": {
        "Vpc": made("EC2::VPC", CidrBlock="10.0.0.0/16", EnableDnsSupport=True),
        "Flow": made(
            "EC2::FlowLog",
            ResourceId={"Ref": "Vpc"},
            ResourceType="VPC",
            TrafficType="ALL",
            LogGroupName="flows",
            DeliverLogsPermissionArn={"Fn::ImportValue": "flow-role"},
        ),
        "Subnet": made(
            "EC2::Subnet",
            VpcId={"Ref": "Vpc"},
            CidrBlock="10.0.0.0/24",
            MapPublicIpOnLaunch=False,
        ),
        "Group": made(
            "EC2::SecurityGroup",
            GroupDescription="jobs",
            VpcId={"Ref": "Vpc"},
            SecurityGroupIngress=[
                {
                    "IpProtocol": "tcp",
                    "FromPort": 443,
                    "ToPort": 443,
                    "CidrIp": "10.0.0.0/16",
                    "Description": "the network itself",
                }
            ],
        ),
        "Storage": made(
            "EC2::VPCEndpoint",
            VpcId={"Ref": "Vpc"},
            ServiceName={"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
            PolicyDocument=document(
                allow(
                    "s3:GetObject",
                    "*",
                    Principal="*",
                    Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}},
                )
            ),
        ),
    },
    "an HTTP API behind IAM": {
        "Api": made("ApiGatewayV2::Api", Name="churn", ProtocolType="HTTP"),
        "Route": made(
            "ApiGatewayV2::Route",
            ApiId={"Ref": "Api"},
            RouteKey="POST /scores",
            AuthorizationType="AWS_IAM",
        ),
    },
    "a GraphQL API behind IAM": {
        "Api": made(
            "AppSync::GraphQLApi",
            Name="churn",
            AuthenticationType="AWS_IAM",
            XrayEnabled=True,
            LogConfig={
                "FieldLogLevel": "ALL",
                "CloudWatchLogsRoleArn": {"Fn::ImportValue": "graph-logs-role"},
            },
        )
    },
    "a device's policy and role alias": {
        "Role": role(
            "credentials.iot",
            allow(
                "s3:PutObject",
                {"Fn::Sub": "arn:${AWS::Partition}:s3:::frames/${!credentials-iot:ThingName}/*"},
            ),
            condition=None,
        ),
        "Alias": made("IoT::RoleAlias", RoleArn={"Fn::GetAtt": ["Role", "Arn"]}),
        "Policy": made(
            "IoT::Policy",
            PolicyDocument=document(
                allow("iot:Connect", arn("iot", "client/${!iot:Connection.Thing.ThingName}")),
                allow("iot:Publish", arn("iot", "topic/faces/${!iot:Connection.Thing.ThingName}")),
                allow("iot:AssumeRoleWithCertificate", {"Fn::GetAtt": ["Alias", "RoleAliasArn"]}),
            ),
        ),
    },
    "a secret and a parameter": {
        "Secret": made(
            "SecretsManager::Secret",
            KmsKeyId=KEY,
            GenerateSecretString={"PasswordLength": 32, "ExcludePunctuation": True},
        ),
        "Rotation": made(
            "SecretsManager::RotationSchedule",
            SecretId={"Ref": "Secret"},
            RotationLambdaARN={"Fn::ImportValue": "rotation"},
            RotationRules={"AutomaticallyAfterDays": 30},
        ),
        "Parameter": made("SSM::Parameter", Type="String", Value={"Ref": "Secret"}),
    },
    "an image repository": {
        "Images": made(
            "ECR::Repository",
            ImageTagMutability="IMMUTABLE",
            ImageScanningConfiguration={"ScanOnPush": True},
            EncryptionConfiguration={"EncryptionType": "KMS", "KmsKey": KEY},
            RepositoryPolicyText=document(
                {
                    "Effect": "Allow",
                    "Principal": {"Service": "sagemaker.amazonaws.com"},
                    "Action": ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                    "Condition": OURS,
                }
            ),
        )
    },
    "a role for continuous integration": {
        "Role": made(
            "IAM::Role",
            AssumeRolePolicyDocument=document(
                {
                    "Effect": "Allow",
                    "Principal": CI,
                    "Action": "sts:AssumeRoleWithWebIdentity",
                    "Condition": FROM_CI,
                }
            ),
        ),
        "Rights": made(
            "IAM::ManagedPolicy",
            Roles=[{"Ref": "Role"}],
            PolicyDocument=document(
                allow("sts:AssumeRole", arn("iam", "role/cdk-deploy", region=""))
            ),
        ),
    },
}


# Where a pack wants the opposite of our rules, or cannot see what is there.
CONTRADICTED = {
    "a stream and its delivery": "stream_under_our_key",
    "a network": "default_security_group",
}


def is_waivable(rule):
    """Tell whether a concern covers what was found, the exact finding included."""
    name, _, finding = rule.partition("[")
    return any(
        re.fullmatch(concern.finding_pattern or "", finding.removesuffix("]"))
        for concern in CONCERNS.values()
        for names in concern.rules.values()
        if name in names
    )


@pytest.fixture(scope="module")
def findings(make_app, tmp_path_factory):
    """Return the rules that find something, by the name of the template."""
    directory = tmp_path_factory.mktemp("good")
    app, found = make_app(directory / "out"), defaultdict(set)
    names = {f"Good{number}": name for number, name in enumerate(GOOD)}
    for stack, name in names.items():
        file = directory / f"{stack}.json"
        file.write_text(json.dumps({"Resources": {**COMMON, **GOOD[name]}}))
        CfnInclude(Stack(app, stack, analytics_reporting=False), "It", template_file=str(file))
    guard(app)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()  # by what is waived only, as the tests below show
    for plugin in json.loads(Path(app.outdir, REPORT).read_text("utf-8"))["pluginReports"]:
        for violation in plugin["violations"]:
            for place in violation["violatingConstructs"]:
                stack = place["constructPath"].partition("/")[0]
                found[names[stack]].add((violation["ruleName"], violation["description"]))
    return found


@pytest.mark.parametrize("name", GOOD)
def test_a_good_template_passes(findings, name):
    found = {(rule, why) for rule, why in findings[name] if not is_waivable(rule)}
    assert found == set()


@pytest.mark.parametrize(("name", "concern"), CONTRADICTED.items())
def test_what_a_pack_wants_otherwise_can_be_waived(findings, name, concern):
    assert {rule for rule, _ in findings[name]} & {
        rule for names in CONCERNS[concern].rules.values() for rule in names
    }
