"""What a template says is what boto3 reads back."""

import json

import pytest

FOREVER = "2012-10-17"


def fallback(**statement):
    return {"Version": FOREVER, "Statement": [statement]}


def test_a_bucket_keeps_all_that_its_template_says(sandbox, deploy, resources):
    rules = [
        {
            "Id": "short",
            "Status": "Enabled",
            "ExpirationInDays": 1,
            "NoncurrentVersionExpiration": {"NoncurrentDays": 1},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 2},
        },
        {
            "Id": "cold",
            "Status": "Enabled",
            "Prefix": "old/",
            "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 90}],
        },
    ]
    stack = deploy(
        Key=("AWS::KMS::Key", {"KeyPolicy": None, "EnableKeyRotation": True}),
        Logs=("AWS::S3::Bucket", {}),
        It=(
            "AWS::S3::Bucket",
            {
                "BucketEncryption": {
                    "ServerSideEncryptionConfiguration": [
                        {
                            "ServerSideEncryptionByDefault": {
                                "SSEAlgorithm": "aws:kms",
                                "KMSMasterKeyID": {"Fn::GetAtt": ["Key", "Arn"]},
                            },
                            "BucketKeyEnabled": True,
                        }
                    ]
                },
                "LifecycleConfiguration": {"Rules": rules},
                "LoggingConfiguration": {
                    "DestinationBucketName": {"Ref": "Logs"},
                    "LogFilePrefix": "it/",
                },
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                "PublicAccessBlockConfiguration": {"BlockPublicAcls": True},
                "VersioningConfiguration": {"Status": "Enabled"},
                "ObjectLockEnabled": True,
                "ObjectLockConfiguration": {
                    "ObjectLockEnabled": "Enabled",
                    "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 3}},
                },
                "Tags": [{"Key": "team", "Value": "ml"}],
            },
        ),
    )
    s3, bucket = sandbox.client("s3"), {"Bucket": stack.id()}
    encryption = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]
    [rule] = encryption["Rules"]
    assert rule["BucketKeyEnabled"] is True
    default = rule["ApplyServerSideEncryptionByDefault"]
    assert default["SSEAlgorithm"] == "aws:kms"
    assert default["KMSMasterKeyID"].endswith(stack.id("Key"))
    short, cold = s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]
    assert short["Expiration"] == {"Days": 1}
    assert short["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert short["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 2}
    assert cold["Filter"] == {"Prefix": "old/"}
    assert cold["Transitions"] == [{"Days": 90, "StorageClass": "GLACIER"}]
    logging = s3.get_bucket_logging(**bucket)["LoggingEnabled"]
    assert (logging["TargetBucket"], logging["TargetPrefix"]) == (stack.id("Logs"), "it/")
    ownership = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]
    assert ownership["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert s3.get_bucket_versioning(**bucket)["Status"] == "Enabled"
    lock = s3.get_object_lock_configuration(**bucket)["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 3}
    assert s3.get_bucket_tagging(**bucket)["TagSet"] == [{"Key": "team", "Value": "ml"}]
    assert sandbox.client("kms").get_key_rotation_status(KeyId=stack.id("Key"))[
        "KeyRotationEnabled"
    ]


def test_an_update_changes_and_takes_away_a_bucket_configuration(sandbox, deploy, resources):
    rule = {"Id": "it", "Status": "Enabled", "ExpirationInDays": 1}
    lifecycle = {"LifecycleConfiguration": {"Rules": [rule]}}
    stack = deploy(It=("AWS::S3::Bucket", lifecycle))
    s3, bucket = sandbox.client("s3"), {"Bucket": stack.id()}
    rule["ExpirationInDays"] = 7
    stack.update(resources(It=("AWS::S3::Bucket", lifecycle)))
    [found] = s3.get_bucket_lifecycle_configuration(**bucket)["Rules"]
    assert found["Expiration"] == {"Days": 7}
    stack.update(resources(It=("AWS::S3::Bucket", {"Tags": [{"Key": "a", "Value": "b"}]})))
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(**bucket)


def test_a_function_keeps_all_that_its_template_says(sandbox, deploy):
    trust = fallback(
        Effect="Allow", Principal={"Service": "lambda.amazonaws.com"}, Action="sts:AssumeRole"
    )
    actions = ["sqs:SendMessage", "xray:PutTraceSegments", "ec2:*NetworkInterface*"]
    rights = fallback(Effect="Allow", Action=actions, Resource="*")
    stack = deploy(
        Queue=("AWS::SQS::Queue", {}),
        Key=("AWS::KMS::Key", {"PendingWindowInDays": 7}),
        Group=("AWS::Logs::LogGroup", {"RetentionInDays": 30}),
        Role=(
            "AWS::IAM::Role",
            {
                "AssumeRolePolicyDocument": trust,
                "Policies": [{"PolicyName": "rights", "PolicyDocument": rights}],
                "PermissionsBoundary": {"Ref": "Boundary"},
            },
        ),
        Boundary=(
            "AWS::IAM::ManagedPolicy",
            {"PolicyDocument": fallback(Effect="Allow", Action="*", Resource="*")},
        ),
        It=(
            "AWS::Lambda::Function",
            {
                "Code": {"ZipFile": "def handler(event, context): return event"},
                "Handler": "index.handler",
                "Runtime": "python3.12",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "DeadLetterConfig": {"TargetArn": {"Fn::GetAtt": ["Queue", "Arn"]}},
                "ReservedConcurrentExecutions": 3,
                "KmsKeyArn": {"Fn::GetAtt": ["Key", "Arn"]},
                "TracingConfig": {"Mode": "Active"},
                "LoggingConfig": {"LogFormat": "JSON", "LogGroup": {"Ref": "Group"}},
                "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
                "MemorySize": 512,
                "Architectures": ["arm64"],
            },
        ),
    )
    client, name = sandbox.client("lambda"), {"FunctionName": stack.id()}
    config = client.get_function_configuration(**name)
    assert config["DeadLetterConfig"]["TargetArn"].endswith(stack.id("Queue").rpartition("/")[2])
    assert config["KMSKeyArn"].endswith(stack.id("Key"))
    assert config["TracingConfig"] == {"Mode": "Active"}
    assert config["LoggingConfig"]["LogGroup"] == stack.id("Group")
    assert config["VpcConfig"]["SubnetIds"] == ["subnet-1"]
    assert client.get_function_concurrency(**name)["ReservedConcurrentExecutions"] == 3
    role = sandbox.client("iam").get_role(RoleName=stack.id("Role"))["Role"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == stack.id("Boundary")
    groups = sandbox.client("logs").describe_log_groups(logGroupNamePrefix=stack.id("Group"))
    assert groups["logGroups"][0]["retentionInDays"] == 30


def test_tables_topics_and_streams_keep_their_protection(sandbox, deploy):
    key = {"Fn::GetAtt": ["Key", "Arn"]}
    stack = deploy(
        Key=("AWS::KMS::Key", {}),
        Table=(
            "AWS::DynamoDB::Table",
            {
                "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
                "BillingMode": "PAY_PER_REQUEST",
                "SSESpecification": {
                    "SSEEnabled": True,
                    "SSEType": "KMS",
                    "KMSMasterKeyId": key,
                },
                "TimeToLiveSpecification": {"AttributeName": "gone_at", "Enabled": True},
                "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
                "DeletionProtectionEnabled": True,
            },
        ),
        Topic=("AWS::SNS::Topic", {"KmsMasterKeyId": key}),
        Stream=(
            "AWS::Kinesis::Stream",
            {"ShardCount": 1, "StreamEncryption": {"EncryptionType": "KMS", "KeyId": key}},
        ),
        Queue=(
            "AWS::SQS::Queue",
            {
                "KmsMasterKeyId": key,
                "KmsDataKeyReusePeriodSeconds": 600,
                "VisibilityTimeout": 60,
                "MessageRetentionPeriod": 86400,
                "RedriveAllowPolicy": {"redrivePermission": "denyAll"},
            },
        ),
    )
    dynamodb, table = sandbox.client("dynamodb"), {"TableName": stack.id("Table")}
    described = dynamodb.describe_table(**table)["Table"]
    assert described["SSEDescription"]["Status"] == "ENABLED"
    assert described["SSEDescription"]["KMSMasterKeyArn"].endswith(stack.id("Key"))
    assert described["DeletionProtectionEnabled"] is True
    ttl = dynamodb.describe_time_to_live(**table)["TimeToLiveDescription"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "gone_at")
    backups = dynamodb.describe_continuous_backups(**table)["ContinuousBackupsDescription"]
    recovery = backups["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"
    topic = sandbox.client("sns").get_topic_attributes(TopicArn=stack.id("Topic"))
    assert topic["Attributes"]["KmsMasterKeyId"].endswith(stack.id("Key"))
    stream = sandbox.client("kinesis").describe_stream(StreamName=stack.id("Stream"))
    assert stream["StreamDescription"]["EncryptionType"] == "KMS"
    attributes = sandbox.client("sqs").get_queue_attributes(
        QueueUrl=stack.id("Queue"), AttributeNames=["All"]
    )["Attributes"]
    assert attributes["KmsMasterKeyId"].endswith(stack.id("Key"))
    assert attributes["KmsDataKeyReusePeriodSeconds"] == "600"
    assert json.loads(attributes["RedriveAllowPolicy"]) == {"redrivePermission": "denyAll"}
