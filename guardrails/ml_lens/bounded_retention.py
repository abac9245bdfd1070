"""RET1: personal data goes away by itself, with its old versions and half-sent uploads."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import items, plain, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Resource, Template

FILTERS = ("Prefix", "TagFilters", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
EXPIRES = ("ExpirationInDays", "ExpirationDate")
ATTRIBUTE = re.compile(r"[\w.-]+")
ARCHIVE = "AWS::Events::Archive"
# The longest that CloudWatch Logs counts before "never"; whatever is longer has no end.
TEN_YEARS = 3653
TABLES = ("AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable")
OLD_VERSIONS = ("NoncurrentVersionExpiration", "NoncurrentVersionExpirationInDays")


def check(template: Template) -> Iterator[Finding]:
    """Yield each bucket, log group and table that keeps what it holds for ever.

    Queues need no look: SQS keeps no message longer than fourteen days.
    """
    for bucket in template.of_type("AWS::S3::Bucket"):
        for missing in _missing(bucket):
            yield Finding(bucket.logical_id, "Properties.LifecycleConfiguration", missing)
    for group in template.of_type("AWS::Logs::LogGroup"):
        if not text(group.at("RetentionInDays") or "").isdigit():
            yield Finding(group.logical_id, "Properties.RetentionInDays", "keeps its events")
    for table in template.of_type(*TABLES):
        attribute = table.at("TimeToLiveSpecification", "AttributeName")
        on = table.at("TimeToLiveSpecification", "Enabled") is True
        if not on or (attribute and not ATTRIBUTE.fullmatch(text(attribute))):
            yield Finding(table.logical_id, "Properties.TimeToLiveSpecification", "keeps its items")
    for archive in template.of_type(ARCHIVE):
        if int(text(archive.at("RetentionDays") or 0)) == 0:
            yield Finding(archive.logical_id, "Properties.RetentionDays", "keeps its events")


def _missing(bucket: Resource) -> Iterator[str]:
    rules = [plain(rule) for rule in items(bucket.at("LifecycleConfiguration", "Rules"))]
    whole = [r for r in rules if r.get("Status") == "Enabled" and not any(f in r for f in FILTERS)]
    versioned = bucket.at("VersioningConfiguration", "Status") is not None
    soon = [r for r in whole if int(text(r.get("ExpirationInDays", 1))) <= TEN_YEARS]
    if not _any_has(soon, EXPIRES):
        yield "no enabled rule for the whole bucket expires its objects"
    if versioned and not _any_has(whole, OLD_VERSIONS):
        yield "no enabled rule for the whole bucket expires old versions"
    if not _any_has(whole, ("AbortIncompleteMultipartUpload",)):
        yield "no enabled rule for the whole bucket aborts incomplete uploads"


def _any_has(rules: list[Mapping[str, Any]], names: tuple[str, ...]) -> bool:
    return any(name in rule for rule in rules for name in names)


RULE = Rule(
    id="MlLens-RET1",
    practice="MLSEC03-BP05",
    message="data must not be kept for ever",
    fix="add a lifecycle rule without prefix (expiration, noncurrent_version_expiration,"
    " abort_incomplete_multipart_upload_after), a retention, or a time to live",
    check=check,
    types=("AWS::S3::Bucket", "AWS::Logs::LogGroup", ARCHIVE, *TABLES),
    compliant=one("AWS::Logs::LogGroup", RetentionInDays=30),
    violating=one("AWS::Logs::LogGroup"),
)
