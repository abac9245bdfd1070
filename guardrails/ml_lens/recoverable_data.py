"""REC1: what is lost by a mistake can be had again: keys, tables, files, databases."""

import re

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

KEY = "AWS::KMS::Key"
YEAR = re.compile(r"9\d|[12]\d\d|3[0-5]\d|36[0-5]")
TABLE: Table = {
    KEY: (
        Setting.of("Enabled", None, True),
        Setting.of("BypassPolicyLockoutSafetyCheck", None, False),
        Setting.of("RotationPeriodInDays", None, YEAR),
    ),
    "AWS::KMS::ReplicaKey": (Setting.of("Enabled", None, True),),
    "AWS::DynamoDB::GlobalTable": (
        Setting.of("Replicas[].PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", True),
    ),
    "AWS::EFS::FileSystem": (Setting.of("BackupPolicy.Status", "ENABLED"),),
    "AWS::ECR::Repository": (
        Setting.of("ImageTagMutability", re.compile(r"IMMUTABLE\w*")),
        Setting.of("ImageScanningConfiguration.ScanOnPush", True),
    ),
    "AWS::Lambda::CodeSigningConfig": (
        Setting.of("CodeSigningPolicies.UntrustedArtifactOnDeployment", "Enforce"),
    ),
}
RULE = Rule(
    id="MlLens-REC1",
    practice="MLREL05-BP02",
    message="data, keys and images must be there again after a mistake",
    fix="keep keys enabled and checked, tables restorable, files backed up, tags of images fixed",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(KEY, EnableKeyRotation=True),
    violating=one(KEY, EnableKeyRotation=True, Enabled=False),
)
