"""The security configuration that a job or a crawler of Glue runs under."""

from aws_cdk import aws_glue as glue
from constructs import Construct

from stacks.shared.key import CustomerKey


def encrypted_by(key: CustomerKey, scope: Construct, name: str) -> glue.CfnSecurityConfiguration:
    """Have whatever Glue writes of its own encrypted by one key."""
    configuration = glue.CfnSecurityConfiguration
    return configuration(
        scope,
        "Security",
        name=name,
        encryption_configuration=configuration.EncryptionConfigurationProperty(
            s3_encryptions=[
                configuration.S3EncryptionProperty(
                    s3_encryption_mode="SSE-KMS", kms_key_arn=key.key_arn
                )
            ],
            cloud_watch_encryption=configuration.CloudWatchEncryptionProperty(
                cloud_watch_encryption_mode="SSE-KMS", kms_key_arn=key.key_arn
            ),
            job_bookmarks_encryption=configuration.JobBookmarksEncryptionProperty(
                job_bookmarks_encryption_mode="CSE-KMS", kms_key_arn=key.key_arn
            ),
        ),
    )
