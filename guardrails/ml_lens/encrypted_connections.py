"""TLS3: whoever connects to a store, a broker or a listener does it over today's TLS."""

import re

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

TLS_1_2 = re.compile(r"TLS_1_[23]|SecurityPolicy_TLS1[23]_\w+")
LISTENERS = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]-(?!Ext0)\S+|FS-1-2-\S+|TLS-1-2-\S+)")
CLUSTER = "AWS::MemoryDB::Cluster"
VIEWERS = re.compile("https-only|redirect-to-https")
TABLE: Table = {
    "AWS::OpenSearchService::Domain": (
        Setting.of("DomainEndpointOptions.EnforceHTTPS", True),
        Setting.of(
            "DomainEndpointOptions.TLSSecurityPolicy",
            re.compile(r"Policy-Min-TLS-1-[23]-\S+"),
        ),
        Setting.of("NodeToNodeEncryptionOptions.Enabled", True),
    ),
    "AWS::MSK::Cluster": (
        Setting.of("EncryptionInfo?.EncryptionInTransit?.ClientBroker", None, "TLS"),
        Setting.of("EncryptionInfo?.EncryptionInTransit?.InCluster", None, True),
    ),
    "AWS::ElastiCache::ReplicationGroup": (
        Setting.of("TransitEncryptionEnabled", True),
        Setting.of("TransitEncryptionMode", None, "required"),
    ),
    "AWS::ElastiCache::CacheCluster": (Setting.of("TransitEncryptionEnabled", True),),
    CLUSTER: (Setting.of("TLSEnabled", None, True),),
    "AWS::DAX::Cluster": (Setting.of("ClusterEndpointEncryptionType", "TLS"),),
    "AWS::RDS::DBProxy": (Setting.of("RequireTLS", True),),
    "AWS::DMS::Endpoint": (Setting.of("SslMode", "require", "verify-ca", "verify-full"),),
    "AWS::QuickSight::DataSource": (Setting.of("SslProperties?.DisableSsl", None, False),),
    "AWS::AppSync::ApiCache": (
        Setting.of("TransitEncryptionEnabled", True),
        Setting.of("AtRestEncryptionEnabled", True),
    ),
    "AWS::ApiGateway::DomainName": (Setting.of("SecurityPolicy", TLS_1_2),),
    "AWS::ApiGatewayV2::DomainName": (
        Setting.of("DomainNameConfigurations[].SecurityPolicy", None, TLS_1_2),
    ),
    "AWS::CloudFront::Distribution": (
        Setting.of("DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy", VIEWERS),
        Setting.of("DistributionConfig.CacheBehaviors[].ViewerProtocolPolicy", VIEWERS),
        Setting.of(
            "DistributionConfig.Origins[].CustomOriginConfig?.OriginProtocolPolicy", "https-only"
        ),
    ),
    "AWS::ElasticLoadBalancingV2::Listener": (
        Setting.of("Protocol", "HTTPS", "TLS"),
        Setting.of("SslPolicy", LISTENERS),
    ),
    "AWS::ElasticLoadBalancingV2::TargetGroup": (
        Setting.of("Protocol", None, "HTTPS", "TLS", "GENEVE"),
    ),
    "AWS::ECS::TaskDefinition": (
        Setting.of("Volumes[].EFSVolumeConfiguration?.TransitEncryption", "ENABLED"),
    ),
    "AWS::Transfer::Server": (Setting.of("Protocols[]", "SFTP", "FTPS", "AS2"),),
    "AWS::CodeBuild::Project": (
        Setting.of("Source?.InsecureSsl", None, False),
        Setting.of("SecondarySources[].InsecureSsl", None, False),
    ),
    # Parameters are names with a point in them: one step each.
    "AWS::RDS::DBParameterGroup": (Setting.of("Parameters?.rds\\.force_ssl", None, 1),),
    "AWS::RDS::DBClusterParameterGroup": (Setting.of("Parameters?.rds\\.force_ssl", None, 1),),
    "AWS::Glue::Connection": (
        Setting.of("ConnectionInput.ConnectionProperties?.JDBC_ENFORCE_SSL", None, True),
    ),
}
RULE = Rule(
    id="MlLens-TLS3",
    practice="MLSEC02-BP01",
    message="connections must be encrypted",
    fix="require TLS 1.2 or newer: https only, encryption in transit on, a current security policy",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(CLUSTER, TLSEnabled=True),
    violating=one(CLUSTER, TLSEnabled=False),
    beyond=("AwsSolutions-OS2", "AwsSolutions-MSK2", "AwsSolutions-AEC3", "AwsSolutions-CFR5"),
)
