"""What a delivery stream is to do, read from the API's request or from a template, and checked."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sandbox.core.emulator import ServiceError
from sandbox.services.firehose import prefixes

MIB = 1024 * 1024
_DESTINATION = "ExtendedS3DestinationConfiguration"
_ENCRYPTION = "DeliveryStreamEncryptionConfigurationInput"
_SOURCE = "KinesisStreamSourceConfiguration"
_BUCKET = re.compile(r"arn:[a-z-]+:s3:::([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])")
_EXTENSION = re.compile(r"(\.[0-9a-z!\-_.*'()]+)?")
# What is carried out, by where it stands; anything else is refused by its name.
_KNOWN: Mapping[str, frozenset[str]] = {
    "": frozenset(
        {"DeliveryStreamName", "DeliveryStreamType", "Tags", _DESTINATION, _ENCRYPTION, _SOURCE}
    ),
    _DESTINATION: frozenset(
        {
            *("BucketARN", "RoleARN", "Prefix", "ErrorOutputPrefix", "BufferingHints"),
            *("CompressionFormat", "EncryptionConfiguration", "CloudWatchLoggingOptions"),
            *("ProcessingConfiguration", "DynamicPartitioningConfiguration", "FileExtension"),
            *("CustomTimeZone", "S3BackupMode"),
        }
    ),
    _ENCRYPTION: frozenset({"KeyType", "KeyARN"}),
    _SOURCE: frozenset({"KinesisStreamARN", "RoleARN"}),
    "BufferingHints": frozenset({"SizeInMBs", "IntervalInSeconds"}),
    "EncryptionConfiguration": frozenset({"NoEncryptionConfig", "KMSEncryptionConfig"}),
    "CloudWatchLoggingOptions": frozenset({"Enabled", "LogGroupName", "LogStreamName"}),
    "ProcessingConfiguration": frozenset({"Enabled", "Processors"}),
    "DynamicPartitioningConfiguration": frozenset({"Enabled", "RetryOptions"}),
    "Lambda": frozenset({"LambdaArn", "NumberOfRetries", "BufferSizeInMBs"})
    | {"BufferIntervalInSeconds", "RoleArn"},
    "AppendDelimiterToRecord": frozenset({"Delimiter"}),
}


@dataclass(frozen=True, slots=True)
class Buffering:
    """How much, or for how long, records are kept before they are passed on."""

    bytes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Transform:
    """The function that each record goes through."""

    function_arn: str
    retries: int
    buffering: Buffering


@dataclass(frozen=True, slots=True)
class Configuration:
    """A destination in S3, and what is done to records on their way."""

    bucket: str
    role_arn: str
    prefix: str
    error_prefix: str
    buffering: Buffering
    gzip: bool
    extension: str
    zone: ZoneInfo
    key_arn: str | None
    log_group: str | None
    log_stream: str
    transform: Transform | None
    delimiter: bytes
    is_partitioned: bool
    given: Mapping[str, Any]  # as the request says it, to describe it

    @classmethod
    def of(cls, given: Mapping[str, Any]) -> Self:
        """Read a destination; raises ServiceError for one that AWS or the sandbox refuses."""
        _known(_DESTINATION, given)
        for name in ("BufferingHints", "EncryptionConfiguration", "CloudWatchLoggingOptions"):
            _known(name, given.get(name) or {})
        for name in ("ProcessingConfiguration", "DynamicPartitioningConfiguration"):
            _known(name, given.get(name) or {})
        bucket = _BUCKET.fullmatch(str(given.get("BucketARN", "")))
        if bucket is None:
            raise invalid("BucketARN must be the ARN of a bucket of S3")
        if given.get("S3BackupMode", "Disabled") != "Disabled":
            raise not_carried("S3BackupMode Enabled")
        compression = given.get("CompressionFormat", "UNCOMPRESSED")
        if compression not in ("UNCOMPRESSED", "GZIP"):
            raise not_carried(f"CompressionFormat {compression}")
        partitioning = given.get("DynamicPartitioningConfiguration") or {}
        is_partitioned = is_on(partitioning.get("Enabled"))
        prefix, error_prefix = given.get("Prefix") or "", given.get("ErrorOutputPrefix") or ""
        try:
            prefixes.check(prefix, error_prefix, is_partitioned=is_partitioned)
            zone = ZoneInfo(given.get("CustomTimeZone") or "UTC")
        except (prefixes.PrefixError, ZoneInfoNotFoundError) as error:
            raise invalid(str(error)) from error
        extension = given.get("FileExtension") or ""
        if not _EXTENSION.fullmatch(extension):
            raise invalid(f"FileExtension is {extension!r}; it begins with a period")
        hints = given.get("BufferingHints") or {}
        least = 64 if is_partitioned else 1
        buffering = Buffering(
            int(within(hints, "SizeInMBs", max(5, least), least, 128) * MIB),
            within(hints, "IntervalInSeconds", 300, 0, 900),
        )
        logging = given.get("CloudWatchLoggingOptions") or {}
        key = (given.get("EncryptionConfiguration") or {}).get("KMSEncryptionConfig") or {}
        transform, delimiter = _processors(given.get("ProcessingConfiguration") or {})
        if is_partitioned:
            within((partitioning.get("RetryOptions") or {}), "DurationInSeconds", 300, 0, 7200)
            if transform is None:
                raise invalid("partition keys come from a processor, and there is none")
        return cls(
            bucket=bucket.group(1),
            role_arn=str(given.get("RoleARN", "")),
            prefix=prefix,
            error_prefix=error_prefix,
            buffering=buffering,
            gzip=compression == "GZIP",
            extension=extension or (".gz" if compression == "GZIP" else ""),
            zone=zone,
            key_arn=key.get("AWSKMSKeyARN"),
            log_group=str(logging.get("LogGroupName")) if is_on(logging.get("Enabled")) else None,
            log_stream=str(logging.get("LogStreamName", "")),
            transform=transform,
            delimiter=delimiter,
            is_partitioned=is_partitioned,
            given=given,
        )


def require_known(request: Mapping[str, Any]) -> None:
    """Refuse a stream that the sandbox does not have: its source, its destination."""
    _known("", request)
    for name in (_ENCRYPTION, _SOURCE):
        _known(name, request.get(name) or {})
    if not request.get(_DESTINATION):
        raise not_carried(f"a delivery stream without {_DESTINATION}")


def is_on(flag: Any) -> bool:
    """Read a flag as the API or a template writes it."""
    return str(flag).lower() == "true"


def within(given: Mapping[str, Any], name: str, default: float, least: float, most: float) -> float:
    """Read a number; raises ServiceError where it is beyond its limits."""
    value = float(given.get(name, default))
    if not least <= value <= most:
        raise invalid(f"{name} is {value:g}; it is between {least:g} and {most:g}")
    return value


def invalid(message: str) -> ServiceError:
    """Say that a request is not what Firehose takes."""
    return ServiceError("InvalidArgumentException", message)


def not_carried(what: str) -> ServiceError:
    """Say that AWS has something and the sandbox does not."""
    return invalid(f"the sandbox does not carry {what}")


def _known(where: str, given: Mapping[str, Any]) -> None:
    if strangers := sorted(given.keys() - _KNOWN[where]):
        raise not_carried(f"{where}{'.' if where else ''}{', '.join(strangers)}")


def _processors(given: Mapping[str, Any]) -> tuple[Transform | None, bytes]:
    transform, delimiter = None, b""
    for processor in given.get("Processors") or () if is_on(given.get("Enabled")) else ():
        kind = str(processor.get("Type"))
        if kind not in ("Lambda", "AppendDelimiterToRecord"):
            raise not_carried(f"the processor {kind}")
        parameters = _parameters(processor.get("Parameters") or ())
        _known(kind, parameters)
        if kind == "AppendDelimiterToRecord":
            delimiter = (
                parameters.get("Delimiter", r"\n").encode().decode("unicode_escape").encode()
            )
            continue
        transform = Transform(
            function_arn=parameters.get("LambdaArn", ""),
            retries=int(within(parameters, "NumberOfRetries", 3, 0, 300)),
            buffering=Buffering(
                int(within(parameters, "BufferSizeInMBs", 1, 0.2, 3) * MIB),
                within(parameters, "BufferIntervalInSeconds", 60, 0, 900),
            ),
        )
    return transform, delimiter


def _parameters(given: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {str(p.get("ParameterName")): str(p.get("ParameterValue")) for p in given}
