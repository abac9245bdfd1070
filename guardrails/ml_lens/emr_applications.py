"""EMR1: an application of EMR Serverless is bounded, heard of, and no door to whoever opens it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import UnresolvableError, text
from guardrails.ml_lens.examples import KEY_ARN, one
from guardrails.ml_lens.integrations import SCHEDULE, calls
from guardrails.ml_lens.machines import MACHINE
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.settings import Setting
from guardrails.ml_lens.template import Resource, Template

APPLICATION = "AWS::EMRServerless::Application"
SERVICES = ("emrserverless", "emr-serverless")  # as the SDK has it, and the optimized integration
LOGS = "MonitoringConfiguration"
STARTERS = (MACHINE, SCHEDULE)
GIGABYTES = re.compile(r"[1-9]\d* ?(GB|Gb|gB|gb)")
SETTINGS = (
    Setting.of("ReleaseLabel", re.compile(r"emr-(spark-)?[78]\.\d+\.\d+")),
    Setting.of("MaximumCapacity.Cpu", re.compile(r"[1-9]\d* ?(vCPU|vcpu|VCPU)?")),
    Setting.of("MaximumCapacity.Memory", GIGABYTES),
    Setting.of("MaximumCapacity.Disk", GIGABYTES),
    Setting.of("AutoStopConfiguration?.Enabled", None, True),
    Setting.of("InteractiveConfiguration?.StudioEnabled", None, False),
    Setting.of("InteractiveConfiguration?.LivyEndpointEnabled", None, False),
    Setting.of("InteractiveConfiguration?.SessionEnabled", None, False),
)
DISK = ("ConfigurationOverrides", "DiskEncryptionConfiguration", "EncryptionKeyArn")


def check(_template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield what has no bound, keeps no log where we read it, or takes code from anybody's session.

    The disks of workers are under a key that only the start of a job names: the type has none.
    """
    if holder.type in STARTERS:
        yield from _disks(holder)
        return
    for setting in SETTINGS:
        for where, problem in setting.problems(holder):
            yield Finding(holder.logical_id, where, problem)
    if not _keeps_logs(holder):
        detail = "has neither an enabled CloudWatchLoggingConfiguration with a LogGroupName, nor"
        detail += " S3MonitoringConfiguration.LogUri"
        yield Finding(holder.logical_id, f"Properties.{LOGS}", detail)


def _keeps_logs(application: Resource) -> bool:
    watched = (LOGS, "CloudWatchLoggingConfiguration")
    enabled = application.at(*watched, "Enabled") is True
    named = bool(application.at(*watched, "LogGroupName"))
    return (enabled and named) or bool(application.at(LOGS, "S3MonitoringConfiguration", "LogUri"))


def _disks(holder: Resource) -> Iterator[Finding]:
    for call in calls(holder):
        if call.service not in SERVICES or call.action != "startJobRun":
            continue
        value: Any = call.arguments if holder.type == MACHINE else _input(holder)
        for name in DISK:
            value = value.get(name) if isinstance(value, Mapping) else None
        if not value or "alias/aws/" in text(value):
            told = text(value) if value else "not set"
            where = f"{call.location}.{'.'.join(DISK)}"
            yield Finding(holder.logical_id, where, f"is {told}, no customer key")


def _input(schedule: Resource) -> Any:
    try:
        return json.loads(text(schedule.at("Target", "Input") or "null"))
    except ValueError:
        raise UnresolvableError("the Input of a schedule is not JSON that stands in it") from None


RULE = Rule(
    id="MlLens-EMR1",
    practice="MLSEC04-BP01",
    message="an application of EMR Serverless must be bounded, logged and closed to sessions, and"
    " the disks of its jobs under a customer managed key",
    fix="pin emr-7 or 8, name MaximumCapacity and a log group, leave interactive sessions off, and"
    " pass DiskEncryptionConfiguration to startJobRun",
    check=per_resource((APPLICATION, *STARTERS), check),
    types=(APPLICATION, *STARTERS),
    compliant=one(
        APPLICATION,
        ReleaseLabel="emr-7.13.0",
        Type="Spark",
        MaximumCapacity={"Cpu": "8 vCPU", "Memory": "32 GB", "Disk": "80 GB"},
        MonitoringConfiguration={
            "CloudWatchLoggingConfiguration": {
                "Enabled": True,
                "LogGroupName": "/ml/stream",
                "EncryptionKeyArn": KEY_ARN,
            }
        },
    ),
    violating=one(APPLICATION, ReleaseLabel="emr-7.13.0", Type="Spark"),
)
