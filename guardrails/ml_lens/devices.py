"""IOT1: a device is known by its own certificate, and what it says is not lost."""

import re

from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Rule
from guardrails.ml_lens.settings import Setting, Table, check_table

TOPIC_RULE = "AWS::IoT::TopicRule"
HOUR = re.compile(r"9\d\d|[12]\d\d\d|3[0-5]\d\d|3600")
TABLE: Table = {
    TOPIC_RULE: (
        Setting.of("TopicRulePayload.ErrorAction"),
        Setting.of("TopicRulePayload.Sql", re.compile(r"(?is)(?!.*from\s+'#').+")),
    ),
    "AWS::IoT::RoleAlias": (Setting.of("CredentialDurationSeconds", None, HOUR),),
    "AWS::IoT::Authorizer": (Setting.of("SigningDisabled", None, False),),
    "AWS::IoT::CACertificate": (Setting.of("AutoRegistrationStatus", None, "DISABLE"),),
}
_SAYS = {"Sql": "SELECT * FROM 'birds/+/sightings'", "Actions": [{"Sqs": {"QueueUrl": "q"}}]}
RULE = Rule(
    id="MlLens-IOT1",
    practice="MLSEC03-BP01",
    message="a device must be known, and what it says must be kept",
    fix="sign tokens, register certificates one by one, credentials for an hour, an error action",
    check=check_table(TABLE),
    types=tuple(TABLE),
    compliant=one(
        TOPIC_RULE,
        TopicRulePayload={**_SAYS, "ErrorAction": {"Sqs": {}, "S3": {"BucketName": "b"}}},
    ),
    violating=one(TOPIC_RULE, TopicRulePayload=_SAYS),
)
