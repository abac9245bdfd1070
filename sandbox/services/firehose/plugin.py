"""Firehose: records that are buffered, transformed, partitioned and delivered to S3."""

from sandbox.core.plugins import Plugin

PLUGIN = Plugin(parts=("service",), after=("lambda_", "s3", "kms", "kinesis", "cloudwatch", "logs"))
