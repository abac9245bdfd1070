"""The settings of the data lake: its section of ``config/*.toml``."""

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from stacks.settings.fields import Days, Deliveries, Section
from stacks.settings.shared import Functions, Queries, Retention

SubnetId = Annotated[str, Field(pattern=r"^subnet-[0-9a-f]{8,17}$")]
SecurityGroupId = Annotated[str, Field(pattern=r"^sg-[0-9a-f]{8,17}$")]
Level = Annotated[str, StringConstraints(pattern=r"^[a-z]{1,20}$")]


class Classification(Section):
    """The level of what lies in each zone; zones of one level have one key."""

    raw: Level
    modeled: Level
    failures: Level
    enhanced: Level
    transformed: Level
    answers: Level


class DataLake(Retention, Queries, Functions):
    """The settings of the architecture of that name."""

    raw_days: Days
    quarantine_days: Days
    large_file_bytes: Annotated[int, Field(ge=1_000_000, le=5_000_000_000)]
    large_files: bool
    max_file_bytes: Annotated[int, Field(ge=1_000_000, le=99_999_999_999)]
    large_files_part_mib: Annotated[int, Field(ge=8, le=1024)]
    large_files_workers: Annotated[int, Field(ge=2, le=299)]
    large_files_at_once: Annotated[int, Field(ge=1, le=100)]
    large_files_minutes: Annotated[int, Field(ge=5, le=2880)]
    batch_size: Annotated[int, Field(ge=1, le=10)]
    timeout_seconds: Annotated[int, Field(ge=60, le=900)]
    memory_mib: Annotated[int, Field(ge=512, le=10_240)]
    disk_mib: Annotated[int, Field(ge=512, le=10_240)]
    deliveries: Deliveries
    stream_source: Literal["direct", "kinesis", "iot"]
    stream_reader: Literal["firehose", "emr"]
    stream_subnets: Annotated[list[SubnetId], Field(max_length=16)]
    stream_security_groups: Annotated[list[SecurityGroupId], Field(max_length=5)]
    stream_architecture: Literal["arm64", "x86_64"]
    stream_executors: Annotated[int, Field(ge=1, le=200)]
    stream_attempts: Annotated[int, Field(ge=1, le=10)]
    stream_kept_hours: Annotated[int, Field(ge=24, le=8760)]
    stream_late_minutes: Annotated[int, Field(ge=5, le=1440)]
    stream_buffer_mib: Annotated[int, Field(ge=64, le=128)]
    stream_batch_seconds: Annotated[int, Field(ge=0, le=900)]
    stream_buffer_seconds: Annotated[int, Field(ge=0, le=900)]
    stream_retry_seconds: Annotated[int, Field(ge=0, le=7200)]
    enhanced: bool
    merge_workers: Annotated[int, Field(ge=2, le=299)]
    merge_flex: bool
    merge_minutes: Annotated[int, Field(ge=5, le=2880)]
    snapshot_days: Days
    training_set_days: Days
    demographics: bool
    features_window_days: Annotated[int, Field(ge=1, le=366)]
    label_minutes: Annotated[int, Field(ge=1, le=10_080)]
    validation_percent: Annotated[int, Field(ge=0, le=40)]
    test_percent: Annotated[int, Field(ge=0, le=40)]
    features_workers: Annotated[int, Field(ge=2, le=299)]
    features_flex: bool
    features_minutes: Annotated[int, Field(ge=5, le=2880)]
    lake_formation: bool
    lake_readers: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_+=,.@/-]+$", max_length=512)]]
    run_schedule: Annotated[str, StringConstraints(pattern=r"^((rate|cron)\([^()]+\))?$")]
    run_on_arrival: bool
    run_delay_seconds: Annotated[int, Field(ge=10, le=86_400)]
    quality_workers: Annotated[int, Field(ge=2, le=299)]
    quality_minutes: Annotated[int, Field(ge=5, le=2880)]
    fresh_days: Days
    fewest_training_rows: Annotated[int, Field(ge=1, le=1_000_000_000)]
    least_label_percent: Annotated[float, Field(gt=0, lt=50)]
    discovery: bool
    discovery_schedule: Annotated[str, StringConstraints(pattern=r"^(cron\([^()]+\))?$")]
    set_aside_percent: Annotated[float, Field(ge=0.1, le=100)]
    classification: Classification

    @model_validator(mode="after")
    def _has_what_its_reader_reads(self) -> Self:
        if self.stream_reader == "firehose":
            if self.stream_subnets or self.stream_security_groups:
                raise ValueError(
                    "stream_subnets and stream_security_groups only while stream_reader is emr: "
                    "Firehose is in no network; empty them, or set stream_reader to emr"
                )
            return self
        if self.stream_source == "direct":
            raise ValueError(
                "stream_reader emr only with a stream of Kinesis to read, and with stream_source "
                "direct there is none: set stream_source to kinesis or iot"
            )
        if len(self.stream_subnets) < 2 or not self.stream_security_groups:
            raise ValueError(
                "stream_reader emr only with two subnets or more and a security group, from which "
                "Kinesis, S3 and CloudWatch Logs are reached: name stream_subnets and "
                "stream_security_groups"
            )
        return self
