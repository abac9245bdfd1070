"""GLU1: Glue reads and writes under a security configuration of the template."""

from collections.abc import Iterator, Mapping

from guardrails.intrinsics import items, plain, text
from guardrails.ml_lens.customer_keys import is_customer_key
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

CONFIGURATION = "AWS::Glue::SecurityConfiguration"
USERS: Mapping[str, str] = {
    "AWS::Glue::Job": "SecurityConfiguration",
    "AWS::Glue::Crawler": "CrawlerSecurityConfiguration",
    "AWS::Glue::DevEndpoint": "SecurityConfiguration",
    "AWS::Glue::MLTransform": "TransformEncryption",
}
MODES = (
    ("S3Encryptions", "S3EncryptionMode", "SSE-KMS"),
    ("CloudWatchEncryption", "CloudWatchEncryptionMode", "SSE-KMS"),
    ("JobBookmarksEncryption", "JobBookmarksEncryptionMode", "CSE-KMS"),
)


def check(template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield jobs and crawlers without a security configuration, and those with half of one."""
    if holder.type in USERS:
        if not holder.at(USERS[holder.type]):
            yield Finding(holder.logical_id, f"Properties.{USERS[holder.type]}", "is not set")
        return
    for name, mode, wanted in MODES:
        parts = [plain(part) for part in items(holder.at("EncryptionConfiguration", name))]
        where = f"Properties.EncryptionConfiguration.{name}"
        for part in parts or [{}]:
            if part.get(mode) != wanted:
                detail = f"{mode} is {part.get(mode, 'not set')}, not {wanted}"
                yield Finding(holder.logical_id, where, detail)
            elif not is_customer_key(template, part.get("KmsKeyArn") or ""):
                detail = f"KmsKeyArn is {text(part.get('KmsKeyArn') or 'not set')}"
                yield Finding(holder.logical_id, where, f"{detail}, no customer key")


def _encrypted(key: object) -> dict[str, object]:
    return {
        name: [{mode: wanted, "KmsKeyArn": key}]
        if name == "S3Encryptions"
        else {mode: wanted, "KmsKeyArn": key}
        for name, mode, wanted in MODES
    }


RULE = Rule(
    id="MlLens-GLU1",
    practice="MLSEC02-BP01",
    message="data, logs and bookmarks of Glue must be encrypted with a customer managed key",
    fix="pass a security configuration with SSE-KMS, SSE-KMS and CSE-KMS under the key of the"
    " architecture",
    check=per_resource((*USERS, CONFIGURATION), check),
    types=(*USERS, CONFIGURATION),
    compliant=one(CONFIGURATION, EncryptionConfiguration=_encrypted(KEY_ARN)),
    violating=one("AWS::Glue::Job", GlueVersion="5.0"),
    beyond=("AwsSolutions-GL1", "AwsSolutions-GL3"),
)
