"""What becomes of the records of one stream: transformed, parted, buffered, delivered."""

import asyncio
import base64
import contextvars
import json
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.iam import problems
from sandbox.services.firehose import metrics, objects, prefixes, stream_logs, transforming
from sandbox.services.firehose.buffers import Buffer, Record
from sandbox.services.firehose.configurations import Configuration, Transform
from sandbox.services.firehose.objects import Written
from sandbox.services.firehose.transforming import FailedError

PROCESSING_FAILED = "processing-failed"
_ACTIVE_PARTITIONS = 500  # quota of a stream
_FIRST_PAUSE, _LONGEST_PAUSE = 5.0, 300.0
_GIVEN_UP = 24 * 3600  # seconds for which S3 is tried
_INVOKE_PAUSE = 1.0
_Partition = tuple[str, ...]


class Pipeline:
    """One version of a stream's destination, and the records that are on their way to it."""

    def __init__(
        self,
        name: str,
        arn: str,
        version: int,
        to: Configuration,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self.to = to
        self._name, self._arn, self._version, self._loop = name, arn, version, loop
        self._wanted = prefixes.partition_keys(to.prefix)
        self._lock = threading.Lock()
        self._parts: dict[_Partition, Buffer] = {}
        self._errors = Buffer(to.buffering, self._deliver_errors)
        self._intake: Buffer | None = None
        self._gone = False
        if to.transform is not None:
            transform = partial(self._transform, to.transform)
            self._intake = Buffer(to.transform.buffering, transform)

    def take(self, record: Record) -> None:
        """Take a record that was put."""
        if self._intake is not None:
            self._intake.add(record)
        else:
            self._part(record, {})

    def drop(self) -> None:
        """Forget what waits: its stream was deleted."""
        self._gone = True
        with self._lock:
            buffers = [*self._parts.values(), self._errors, self._intake]
        for buffer in buffers:
            if buffer is not None:
                buffer.drop()

    def _transform(self, by: Transform, records: list[Record], attempt: int = 1) -> None:
        if self._gone:
            return
        started = CLOCK.time()
        try:
            answers = transforming.invoke(
                self._name, self._arn, self.to.role_arn, by.function_arn, records
            )
        except FailedError as failed:
            metrics.record(self._name, ExecuteProcessing__Success=0)
            if attempt <= by.retries:
                again = partial(self._transform, by, records, attempt + 1)
                context = contextvars.copy_context()
                CLOCK.later(_INVOKE_PAUSE * attempt, partial(context.run, again))
                return
            self._log(failed.code, failed.message, processor=by.function_arn)
            for record in records:
                self._fail(record, failed, attempt, by.function_arn)
            return
        took = (CLOCK.time() - started) * 1000
        metrics.record(self._name, "Milliseconds", ExecuteProcessing__Duration=took)
        done = [answer for answer in answers if not answer.failure]
        metrics.record(
            self._name, ExecuteProcessing__Success=1, SucceedProcessing__Records=len(done)
        )
        metrics.record(
            self._name,
            "Bytes",
            SucceedProcessing__Bytes=sum(len(answer.record.data) for answer in done),
        )
        for answer in answers:
            if answer.failure is not None:
                self._fail(answer.record, answer.failure, attempt, by.function_arn)
            elif not answer.is_dropped:
                record = answer.record
                self._part(Record(record.record_id, answer.data, record.arrived_at), answer.keys)

    def _part(self, record: Record, keys: Mapping[str, str]) -> None:
        if missing := [name for name in self._wanted if not keys.get(name)]:
            why = f"The record has no partition key {', '.join(missing)}."
            self._fail(record, FailedError("DynamicPartitioning.PartitionKeyMissing", why))
            return
        part = tuple(keys[name] for name in self._wanted)
        buffer = self._buffer(part)
        if buffer is None:
            metrics.record(self._name, PartitionCountExceeded=1)
            why = f"There are more than {_ACTIVE_PARTITIONS} active partitions."
            self._fail(record, FailedError("DynamicPartitioning.ActivePartitionsExceeded", why))
            return
        buffer.add(Record(record.record_id, record.data + self.to.delimiter, record.arrived_at))

    def _buffer(self, part: _Partition) -> Buffer | None:
        with self._lock:
            found = self._parts.get(part)
            if found is None:
                idle = [key for key, each in self._parts.items() if each.holds_since() is None]
                if len(self._parts) - len(idle) >= _ACTIVE_PARTITIONS:
                    return None
                found = Buffer(self.to.buffering, partial(self._deliver, part))
                self._parts[part] = found
            if self._wanted:
                metrics.record(self._name, PartitionCount=len(self._parts))
            return found

    def _fail(
        self, record: Record, failed: FailedError, attempts: int = 1, function: str = ""
    ) -> None:
        told: dict[str, Any] = {
            "attemptsMade": attempts,
            "arrivalTimestamp": int(record.arrived_at * 1000),
            "errorCode": failed.code,
            "errorMessage": failed.message,
            "attemptEndingTimestamp": int(CLOCK.time() * 1000),
            "rawData": base64.b64encode(record.data).decode(),
            **({"lambdaArn": function} if function else {}),
        }
        line = json.dumps(told).encode() + b"\n"
        self._errors.add(Record(record.record_id, line, record.arrived_at))

    def _deliver(self, part: _Partition, records: Sequence[Record]) -> None:
        keys = dict(zip(self._wanted, part, strict=True))
        self._write(objects.of_records(self._name, self._version, self.to, records, keys))

    def _deliver_errors(self, records: Sequence[Record]) -> None:
        self._write(
            objects.of_records(self._name, self._version, self.to, records, {}, PROCESSING_FAILED)
        )

    def _write(self, content: Written, pause: float = _FIRST_PAUSE) -> None:
        if self._gone:
            return
        age = CLOCK.time() - content.oldest
        metrics.record(self._name, "Seconds", DeliveryToS3__DataFreshness=age)
        try:
            objects.write(self._name, self.to, content, self._loop)
        except objects.RefusedError as refused:
            metrics.record(self._name, DeliveryToS3__Success=0)
            self._log(refused.code, refused.message)
            if age > _GIVEN_UP:
                lost = f"{self._name} lost {content.records} records: {refused.message}"
                problems.report("delivery", lost)
                return
            again = partial(self._write, content, min(2 * pause, _LONGEST_PAUSE))
            CLOCK.later(pause, partial(contextvars.copy_context().run, again))
            return
        metrics.record(
            self._name,
            DeliveryToS3__Success=1,
            DeliveryToS3__Records=content.records,
            DeliveryToS3__ObjectCount=1,
        )
        metrics.record(self._name, "Bytes", DeliveryToS3__Bytes=content.bytes)

    def _log(self, code: str, message: str, **more: str) -> None:
        stream_logs.write(self._name, self._arn, self.to, code, message, **more)
