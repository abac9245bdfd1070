"""LOG3: services log who did what and what failed, and none of the data that they handle."""

import re

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

TRAIL = "AWS::CloudTrail::Trail"
OFF = (None, False)
TABLE: Table = {
    "AWS::ApiGateway::Stage": (Setting.of("MethodSettings[].DataTraceEnabled", *OFF),),
    "AWS::ApiGateway::Deployment": (
        Setting.of("StageDescription?.DataTraceEnabled", *OFF),
        Setting.of("StageDescription?.MethodSettings[].DataTraceEnabled", *OFF),
    ),
    "AWS::ApiGatewayV2::Stage": (Setting.of("DefaultRouteSettings?.DataTraceEnabled", *OFF),),
    "AWS::AppSync::GraphQLApi": (Setting.of("LogConfig.FieldLogLevel", "ERROR", "INFO", "ALL"),),
    # Without a destination the bucket would log into itself.
    "AWS::S3::Bucket": (Setting.of("LoggingConfiguration?.DestinationBucketName"),),
    "AWS::EKS::Cluster": (Setting.of("Logging.ClusterLogging.EnabledTypes"),),
    "AWS::EMR::Cluster": (Setting.of("LogUri"),),
    "AWS::ECS::Cluster": (
        Setting.of(
            "Configuration?.ExecuteCommandConfiguration?.Logging", None, "OVERRIDE", "DEFAULT"
        ),
    ),
    "AWS::IoT::Logging": (Setting.of("DefaultLogLevel", re.compile("ERROR|WARN|INFO|DEBUG")),),
    TRAIL: (
        Setting.of("IsLogging", True),
        Setting.of("EnableLogFileValidation", True),
        Setting.of("IsMultiRegionTrail", None, True),
    ),
    "AWS::KinesisFirehose::DeliveryStream": (
        Setting.of("ExtendedS3DestinationConfiguration?.CloudWatchLoggingOptions.Enabled", True),
    ),
}
_KEPT = {"IsLogging": True, "EnableLogFileValidation": True, "IsMultiRegionTrail": True}
RULE = Rule(
    id="MlLens-LOG3",
    practice="MLSEC06-BP02",
    message="a service must log what is done, without the data",
    fix="switch its log on, and the tracing of bodies off",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(TRAIL, **_KEPT),
    violating=one(TRAIL, **{**_KEPT, "IsLogging": False}),
    beyond=("AwsSolutions-APIG6", "AwsSolutions-EKS2", "AwsSolutions-EMR2"),
)
