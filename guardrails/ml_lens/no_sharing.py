"""ACC10: nothing is shared with other accounts, nor takes in what they send unasked."""

import re

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

SHARE = "AWS::RAM::ResourceShare"
OURS = re.compile(r"arn:.+:iam::<AWS::AccountId>:.+|<[^>]+\.Arn>")
ACCOUNT = re.compile("<AWS::AccountId>")
ROLE = re.compile(r"<[^>]+>|arn:.+:iam::<AWS::AccountId>:role/.+")
TABLE: Table = {
    SHARE: (Setting.of("AllowExternalPrincipals", False),),
    "AWS::EC2::VPCEndpointService": (Setting.of("AcceptanceRequired", True),),
    "AWS::EC2::VPCEndpointServicePermissions": (Setting.of("AllowedPrincipals[]", OURS),),
    "AWS::EC2::TransitGateway": (Setting.of("AutoAcceptSharedAttachments", None, "disable"),),
    "AWS::EC2::VPCPeeringConnection": (
        Setting.of("PeerOwnerId", None, ACCOUNT),
        Setting.of("PeerRoleArn", None, ROLE),
    ),
    "AWS::EventSchemas::Discoverer": (Setting.of("CrossAccount", False),),
    "AWS::SecretsManager::ResourcePolicy": (Setting.of("BlockPublicPolicy", True),),
    "AWS::Rekognition::StreamProcessor": (Setting.of("DataSharingPreference?.OptIn", None, False),),
    "AWS::CodeBuild::Project": (Setting.of("Visibility", None, "PRIVATE"),),
    "AWS::S3::Bucket": (
        Setting.of(
            "ReplicationConfiguration?.Rules[].Destination.Account",
            None,
            ACCOUNT,
        ),
        Setting.of("OwnershipControls?.Rules[].ObjectOwnership", "BucketOwnerEnforced"),
        Setting.of("CorsConfiguration?.CorsRules[].AllowedOrigins[]", re.compile(r"[^*]+")),
    ),
    "AWS::Lambda::Url": (Setting.of("Cors?.AllowOrigins[]", re.compile(r"[^*]+")),),
    "AWS::ApiGatewayV2::Api": (
        Setting.of("CorsConfiguration?.AllowOrigins[]", re.compile(r"[^*]+")),
    ),
    "AWS::IoT::TopicRule": (
        Setting.of("TopicRulePayload.Actions[].S3?.CannedAcl", None, "private"),
    ),
    "AWS::Athena::WorkGroup": (
        Setting.of(
            "WorkGroupConfiguration?.ResultConfiguration?.ExpectedBucketOwner", None, ACCOUNT
        ),
    ),
    "AWS::Athena::DataCatalog": (Setting.of("Parameters?.catalog-id", None, ACCOUNT),),
}
RULE = Rule(
    id="MlLens-ACC10",
    practice="MLSEC03-BP02",
    message="nothing may be shared beyond the account",
    fix="name principals and accounts of your own, and accept what others send by hand",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(SHARE, AllowExternalPrincipals=False),
    violating=one(SHARE, AllowExternalPrincipals=True),
)
