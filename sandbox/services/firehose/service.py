"""Amazon Data Firehose: streams that take records, or read them of Kinesis, and deliver to S3."""

import asyncio
import base64
import binascii
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sandbox.core import emulator, patching, request_validation
from sandbox.core.clock import CLOCK
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.faults.occasions import SAID, struck
from sandbox.iam import authorization
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.firehose import configurations, metrics
from sandbox.services.firehose.allowances import Allowance, rates_of
from sandbox.services.firehose.buffers import Record
from sandbox.services.firehose.configurations import Configuration, invalid
from sandbox.services.firehose.objects import SERVICE
from sandbox.services.firehose.pipelines import Pipeline
from sandbox.services.firehose.sources import Source
from sandbox.services.firehose.upstream import firehose
from sandbox.services.kinesis.upstream import kinesis
from sandbox.services.kms import keys

Request = Mapping[str, Any]
Reply = Mapping[str, Any]
_DESTINATION = "ExtendedS3DestinationConfiguration"
_LARGEST_RECORD = 1000 * 1024
_LARGEST_BATCH = 4 * 1024 * 1024
_DEFAULTS = {
    "CompressionFormat": "UNCOMPRESSED",
    "EncryptionConfiguration": {"NoEncryptionConfig": "NoEncryption"},
}
_SLOW_DOWN = "Slow down."


@dataclass(slots=True)
class Stream:
    """A delivery stream."""

    name: str
    arn: str
    version: int
    made_at: float
    encryption: dict[str, str]
    pipeline: Pipeline
    allowance: Allowance
    source: Source | None = None

    def drop(self) -> None:
        """Forget what waits in it and before it."""
        self.pipeline.drop()
        if self.source is not None:
            self.source.leave()


def install() -> None:
    """Take Firehose over from the emulator, which writes an object for each record at once."""
    service = Firehose()
    emulator.add_service(
        "firehose",
        service.operations(),
        target_prefix="Firehose_20150804",
        reset=service.reset,
    )
    emulator.add_resource_type(
        "AWS::KinesisFirehose::DeliveryStream",
        create=service.create_from_template,
        update=service.update_from_template,
        delete=service.delete_from_template,
    )
    patching.replace(
        firehose,
        "ingest_from_kinesis_source",
        service.read_source,
        because="a source is read by the stream's role, and its records wait in our buffers",
    )


class Firehose:
    """The service's state, and its operations."""

    def __init__(self) -> None:
        self._streams: dict[tuple[str, str, str], Stream] = {}

    def operations(self) -> dict[str, Callable[[Request], Awaitable[Reply]]]:
        """List what is served. It runs on the event loop: none of it takes long."""
        served: dict[str, Callable[[Request], Reply]] = {
            "CreateDeliveryStream": self.create,
            "DeleteDeliveryStream": self.delete,
            "DescribeDeliveryStream": self.describe,
            "ListDeliveryStreams": self.list,
            "PutRecord": self.put_record,
            "PutRecordBatch": self.put_record_batch,
        }
        return {name: _guarded(name, run) for name, run in served.items()}

    def reset(self) -> None:
        """Forget all streams, and what waits in them."""
        for stream in self._streams.values():
            stream.drop()
        self._streams.clear()

    def create(self, request: Request) -> Reply:
        """Make a stream; its role must trust Firehose, and its key be the caller's to grant."""
        configurations.require_known(request)
        name = request["DeliveryStreamName"]
        if _place(name) in self._streams:
            raise ServiceError(
                "ResourceInUseException", f"Firehose {name} under account already exists."
            )
        arn = _arn(name)
        self._streams[_place(name)] = Stream(
            name=name,
            arn=arn,
            version=1,
            made_at=CLOCK.time(),
            encryption=_encryption(request),
            pipeline=_pipeline(name, arn, 1, request[_DESTINATION]),
            allowance=Allowance(rates_of(responses.get_region())),
            source=_source(arn, request),
        )
        return {"DeliveryStreamARN": arn}

    def delete(self, request: Request) -> Reply:
        """Delete a stream, and what waits in it."""
        stream = self._found(request["DeliveryStreamName"])
        stream.drop()
        del self._streams[_place(stream.name)]
        return {}

    def describe(self, request: Request) -> Reply:
        """Describe a stream."""
        stream = self._found(request["DeliveryStreamName"])
        destination = {
            "DestinationId": f"destinationId-{1:012d}",
            "ExtendedS3DestinationDescription": _DEFAULTS | dict(stream.pipeline.to.given),
        }
        read = stream.source and {
            "KinesisStreamARN": stream.source.stream_arn,
            "RoleARN": stream.source.role_arn,
        }
        return {
            "DeliveryStreamDescription": {
                **({"Source": {"KinesisStreamSourceDescription": read}} if read else {}),
                "DeliveryStreamName": stream.name,
                "DeliveryStreamARN": stream.arn,
                "DeliveryStreamStatus": "ACTIVE",
                "DeliveryStreamEncryptionConfiguration": stream.encryption,
                "DeliveryStreamType": "KinesisStreamAsSource" if stream.source else "DirectPut",
                "VersionId": str(stream.version),
                "CreateTimestamp": stream.made_at,
                "Destinations": [destination],
                "HasMoreDestinations": False,
            }
        }

    def list(self, request: Request) -> Reply:
        """Name the streams, in order."""
        after, most = request.get("ExclusiveStartDeliveryStreamName", ""), request.get("Limit", 10)
        place = _place("")[:2]
        names = sorted(name for *where, name in self._streams if (*where,) == place)
        left = [name for name in names if name > after]
        return {"DeliveryStreamNames": left[:most], "HasMoreDeliveryStreams": len(left) > most}

    def put_record(self, request: Request) -> Reply:
        """Take a record."""
        stream = self._direct(request["DeliveryStreamName"])
        data = _data(request["Record"])
        if len(data) > _LARGEST_RECORD:
            raise invalid(f"Record size exceeds {_LARGEST_RECORD} bytes")
        is_encrypted = _require_key(stream)
        metrics.record(stream.name, IncomingPutRequests=1, PutRecord__Requests=1)
        metrics.record(stream.name, "Bytes", PutRecord__Bytes=len(data))
        if not stream.allowance.take(requests=1, records=1, size=len(data)):
            metrics.record(stream.name, ThrottledRecords=1)
            raise ServiceError("ServiceUnavailableException", _SLOW_DOWN, 503)
        return {"RecordId": _take(stream, data), "Encrypted": is_encrypted}

    def put_record_batch(self, request: Request) -> Reply:
        """Take records, but those for which there is no room: the caller sends them again."""
        stream = self._direct(request["DeliveryStreamName"])
        records = [_data(record) for record in request["Records"]]
        if any(len(data) > _LARGEST_RECORD for data in records):
            raise invalid(f"Record size exceeds {_LARGEST_RECORD} bytes")
        if sum(map(len, records)) > _LARGEST_BATCH:
            raise invalid("Records size exceeds 4 MB limit")
        is_encrypted = _require_key(stream)
        metrics.record(
            stream.name,
            IncomingPutRequests=1,
            PutRecordBatch__Requests=1,
            PutRecordBatch__Records=len(records),
        )
        size = sum(map(len, records))
        metrics.record(stream.name, "Bytes", PutRecordBatch__Bytes=size)
        is_open = stream.allowance.take(requests=1)
        answers = [_batched(stream, data, is_open=is_open) for data in records]
        refused = sum("ErrorCode" in answer for answer in answers)
        if refused:
            metrics.record(stream.name, ThrottledRecords=refused)
        return {
            "FailedPutCount": refused,
            "Encrypted": is_encrypted,
            "RequestResponses": answers,
        }

    def read_source(self, stream_arn: str, records: Sequence[tuple[str, bytes]]) -> None:
        """Have the streams whose source it is read what came into a stream of Kinesis."""
        place = _place("")[:2]
        for (*where, _), stream in list(self._streams.items()):
            source = stream.source
            if (*where,) == place and source is not None and source.stream_arn == stream_arn:
                take = partial(_read, stream)
                source.read(stream.name, take, [data for _, data in records])

    def create_from_template(
        self, logical_id: str, properties: Request, stack: str
    ) -> tuple[str, Reply]:
        """Make a stream that a template describes."""
        given = _taken(properties)
        name = given.get("DeliveryStreamName") or (
            f"{stack}-{logical_id}"[:51] + f"-{responses.new_uuid()[:12]}"
        )
        try:
            self.create({**given, "DeliveryStreamName": name})
        except ServiceError as error:
            raise ValueError(f"{error.code}: {error.message}") from error
        return name, {"Arn": _arn(name)}

    def update_from_template(
        self, name: str, old: Request, new: Request, _stack: str
    ) -> tuple[str, Reply]:
        """Change the destination of a stream; what waits still goes where it was to go."""
        before, after = plain(old), _taken(new)
        for fixed in (
            "DeliveryStreamName",
            "DeliveryStreamType",
            "KinesisStreamSourceConfiguration",
        ):
            if before.get(fixed) != after.get(fixed):
                raise ValueError(f"the sandbox does not replace a stream for another {fixed}")
        stream = self._found(name)
        try:
            configurations.require_known(after)
            encryption = _encryption(after)
            pipeline = _pipeline(name, stream.arn, stream.version + 1, after[_DESTINATION])
        except ServiceError as error:
            raise ValueError(f"{error.code}: {error.message}") from error
        if stream.pipeline.to.is_partitioned != pipeline.to.is_partitioned:
            raise ValueError("dynamic partitioning is for the whole life of a stream")
        stream.encryption, stream.pipeline = encryption, pipeline
        stream.version += 1
        return name, {"Arn": stream.arn}

    def delete_from_template(self, name: str, _properties: Request) -> None:
        """Delete a stream, if it is there."""
        if _place(name) in self._streams:
            self.delete({"DeliveryStreamName": name})

    def _direct(self, name: str) -> Stream:
        stream = self._found(name)
        if stream.source is not None:
            raise invalid(f"{name} has a source; records cannot be put into it directly")
        return stream

    def _found(self, name: str) -> Stream:
        stream = self._streams.get(_place(name))
        if stream is None:
            account = responses.get_account_id()
            raise ServiceError(
                "ResourceNotFoundException", f"Firehose {name} under account {account} not found."
            )
        return stream


def _guarded(name: str, run: Callable[[Request], Reply]) -> Callable[[Request], Awaitable[Reply]]:
    async def serve(request: Request) -> Reply:
        if found := request_validation.violations("firehose", name, request):
            raise ServiceError("ValidationException", request_validation.validation_message(found))
        return run(request)

    return serve


def _taken(properties: Request) -> dict[str, Any]:
    """Take all properties: what is not carried out is refused by its name."""
    return {name: plain(value) for name, value in properties.items()}


def _pipeline(name: str, arn: str, version: int, destination: Request) -> Pipeline:
    to = Configuration.of(destination)
    _require_trust(arn, to.role_arn)
    return Pipeline(name, arn, version, to, asyncio.get_running_loop())


def _require_trust(arn: str, role_arn: str) -> None:
    context = {
        "aws:SourceArn": arn,
        "aws:SourceAccount": responses.get_account_id(),
        "sts:ExternalId": responses.get_account_id(),
    }
    if not authorization.trusts(role_arn, SERVICE, context):
        raise invalid(
            f"Firehose is unable to assume role {role_arn}. Please check the role provided."
        )


def _encryption(request: Request) -> dict[str, str]:
    asked = request.get("DeliveryStreamEncryptionConfigurationInput") or {}
    if not asked:
        return {"Status": "DISABLED"}
    if asked.get("KeyType") == "CUSTOMER_MANAGED_CMK":
        try:
            keys.require_use(
                authorization.request_caller(),
                ["kms:CreateGrant"],
                asked.get("KeyARN", ""),
                service="firehose",
                encryption_context={},
            )
        except keys.KeyRefusedError as refused:
            raise ServiceError("InvalidKMSResourceException", refused.message) from refused
    return {"Status": "ENABLED", **asked}


def _source(arn: str, request: Request) -> Source | None:
    kind = request.get("DeliveryStreamType", "DirectPut")
    asked = request.get("KinesisStreamSourceConfiguration") or {}
    if kind not in ("DirectPut", "KinesisStreamAsSource"):
        raise configurations.not_carried(f"DeliveryStreamType {kind}")
    if (kind == "DirectPut") == bool(asked):
        raise invalid(f"{kind} and KinesisStreamSourceConfiguration do not go together")
    if not asked:
        return None
    if request.get("DeliveryStreamEncryptionConfigurationInput"):
        raise invalid("A stream with a source has the encryption of the source")
    stream_arn, role_arn = str(asked["KinesisStreamARN"]), str(asked["RoleARN"])
    if stream_arn.rpartition("/")[2] not in kinesis._streams:
        raise ServiceError("ResourceNotFoundException", f"{stream_arn} does not exist")
    _require_trust(arn, role_arn)
    return Source(stream_arn, role_arn)


def _require_key(stream: Stream) -> bool:
    """Refuse a record whose stream has a key that cannot be used; tell whether it has one."""
    key = stream.encryption.get("KeyARN")
    if key:
        try:
            keys.key_arn(key, "firehose")
        except keys.KeyRefusedError as refused:
            raise ServiceError("InvalidKMSResourceException", refused.message) from refused
    return stream.encryption["Status"] == "ENABLED"


def _batched(stream: Stream, data: bytes, *, is_open: bool) -> dict[str, str]:
    rule = struck("firehose:PutRecord")
    if is_open and rule is None and stream.allowance.take(records=1, size=len(data)):
        return {"RecordId": _take(stream, data)}
    said = f"{_SLOW_DOWN} {SAID}" if rule else _SLOW_DOWN
    return {"ErrorCode": "ServiceUnavailableException", "ErrorMessage": said}


def _read(stream: Stream, data: bytes) -> None:
    metrics.record(stream.name, DataReadFromKinesisStream__Records=1)
    metrics.record(stream.name, "Bytes", DataReadFromKinesisStream__Bytes=len(data))
    _take(stream, data)


def _take(stream: Stream, data: bytes) -> str:
    now = CLOCK.time()
    record_id = f"{int(now * 1000):020d}{responses.new_uuid().replace('-', '')}"
    metrics.record(stream.name, IncomingRecords=1)
    metrics.record(stream.name, "Bytes", IncomingBytes=len(data))
    stream.pipeline.take(Record(record_id, data, now))
    return record_id


def _data(record: Request) -> bytes:
    try:
        return base64.b64decode(record["Data"], validate=True)
    except (binascii.Error, TypeError) as error:
        raise ServiceError("SerializationException", f"Data is no base64: {error}") from error


def _place(name: str) -> tuple[str, str, str]:
    return responses.get_account_id(), responses.get_region(), name


def _arn(name: str) -> str:
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    return f"arn:{emulator.PARTITION}:firehose:{place}:deliverystream/{name}"
