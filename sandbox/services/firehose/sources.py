"""Data streams of Kinesis as a source: a delivery stream reads them as its role, once that may."""

import contextvars
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from sandbox.core import emulator
from sandbox.core.clock import CLOCK
from sandbox.iam import authorization, problems
from sandbox.services.kinesis.upstream import kinesis
from sandbox.services.kms import keys

# https://docs.aws.amazon.com/firehose/latest/dev/controlling-access.html
READING = (
    *("kinesis:DescribeStream", "kinesis:GetRecords"),
    *("kinesis:GetShardIterator", "kinesis:ListShards"),
)
_PAUSE_SECONDS = 5.0


@dataclass(slots=True)
class Source:
    """A data stream, the role that it is read as, and what could not be read yet, in order."""

    stream_arn: str
    role_arn: str
    waiting: deque[bytes] = field(default_factory=deque)
    is_left: bool = False  # its reader is gone, and nobody looks again

    def read(self, reader: str, take: Callable[[bytes], object], records: list[bytes]) -> None:
        """Take new records after those that wait, or have all of them wait for the right to."""
        self.waiting.extend(records)
        if denied := self._denial(reader):
            problems.report("delivery", f"{reader} cannot read its source: {denied}")
            if len(self.waiting) == len(records):  # nobody looks again yet
                self._later(reader, take)
            return
        while self.waiting:
            take(self.waiting.popleft())

    def _later(self, reader: str, take: Callable[[bytes], object]) -> None:
        again = partial(self._again, reader, take)
        CLOCK.later(_PAUSE_SECONDS, partial(contextvars.copy_context().run, again))

    def leave(self) -> None:
        """Forget what waits: who reads it is deleted."""
        self.is_left = True

    def _again(self, reader: str, take: Callable[[bytes], object]) -> None:
        if self.is_left:
            return
        if self.waiting and self._denial(reader):
            self._later(reader, take)
        else:
            self.read(reader, take, [])

    def _denial(self, reader: str) -> str | None:
        role = authorization.execution_role(self.role_arn, reader)
        with emulator.acting_as(None):  # whoever put the record
            denials = (authorization.denial(role, action, self.stream_arn) for action in READING)
            if denied := next(filter(None, denials), None):
                return denied
            stream = kinesis._streams.get(self.stream_arn.rpartition("/")[2]) or {}
            if stream.get("EncryptionType") != "KMS" or not authorization.enforced():
                return None
            try:
                keys.require_use(
                    role,
                    ["kms:Decrypt"],
                    stream.get("KeyId", ""),
                    service="kinesis",
                    encryption_context={"aws:kinesis:arn": self.stream_arn},
                )
            except keys.KeyRefusedError as refused:
                return refused.message
        return None
