"""Records that are set aside: with their line, their reason, and themselves. Pure."""

import base64
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from model_hosting.batch_forms import BatchForm


@dataclass(frozen=True, slots=True)
class Reject:
    """A record of a file's line, counted from 1; None stands for one that is too long to keep."""

    line: int
    reason: str
    record: bytes | None

    def written(self) -> bytes:
        """Write a line of JSON; bytes that are no UTF-8 are told as base64."""
        told: dict[str, object] = {"line": self.line, "reason": self.reason}
        if self.record is not None:
            try:
                told["record"] = str(self.record, "utf-8")
            except UnicodeDecodeError:
                told["record_base64"] = base64.b64encode(self.record).decode()
        return json.dumps(told).encode() + b"\n"


class CountError(RuntimeError):
    """Not as many answers as records: which belongs to which cannot be told."""


def screened(lines: Iterable[bytes | None], form: BatchForm) -> Iterator[bytes | Reject]:
    """Yield every line: as it is, or set aside."""
    for number, line in enumerate(lines, start=1):
        reason = form.problem(line)
        if reason or line is None:
            yield Reject(number, reason or "", line)
        else:
            yield line


def sifted(
    kept: Iterable[bytes], answers: Iterable[bytes], set_aside: Iterable[bytes], form: BatchForm
) -> Iterator[bytes | Reject]:
    """Yield an answer or a reject for every line of a file, in the lines' order.

    ``kept`` are the lines that a job has answered, ``set_aside`` those that it was not asked, as
    they were written. Raises CountError where answers lack, or are too many, and ValueError for an
    answer that is none.
    """
    waiting = map(_read, set_aside)
    told = iter(answers)
    aside, number = next(waiting, None), 0
    for line in kept:
        number += 1
        while aside and aside.line == number:
            yield aside
            aside, number = next(waiting, None), number + 1
        answer = next(told, None)
        if answer is None:
            raise CountError("there are fewer answers than records")
        reason, line_to_keep = form.refusal(str(answer, "utf-8"))
        yield Reject(number, reason, line) if reason else line_to_keep.encode()
    if next(told, None) is not None:
        raise CountError("there are more answers than records")
    while aside:
        yield aside
        aside = next(waiting, None)


def _read(line: bytes) -> Reject:
    told = json.loads(line)
    if "record_base64" in told:
        record: bytes | None = base64.b64decode(told["record_base64"])
    else:
        record = told["record"].encode() if "record" in told else None
    return Reject(told["line"], told["reason"], record)
