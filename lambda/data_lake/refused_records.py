"""Records that a stream did not deliver, as Firehose tells them: set aside, or modeled yet."""

import base64
import binascii
import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from data_lake.containers import Container, Format, text_chunks
from data_lake.contract import Contract
from data_lake.lines import Block, LongLine, blocks
from data_lake.modeling import Modeling, Outcome, engine
from data_lake.reasons import Reason
from data_lake.rejects import Reject, Rejects
from data_lake.settings import Settings
from data_lake.streamed_records import RefusedError, streamed
from runtime.object_versions import ObjectVersion

_GZIP = b"\x1f\x8b"
_CHUNK_BYTES = 1024 * 1024
_LINES = Container(Format.JSON_LINES, gzip=False)


@dataclass(slots=True)
class _Lines:
    """A data set's lines, each as far down as it is in the file that it was found in."""

    file: BinaryIO
    written: int = 0

    def put(self, line: bytes, number: int) -> None:
        """Write a line at its number; what is between is blank, and so no record."""
        self.file.write(b"\n" * (number - 1 - self.written) + line + b"\n")
        self.written = number


def take_refused(
    chunks: Iterable[bytes],
    source: ObjectVersion,
    contracts: dict[str, Contract],
    settings: Settings,
    folder: Path,
) -> Iterator[tuple[Contract | None, Outcome]]:
    """Look again at each record; yields what became of those of no data set, then of each one's.

    A record is refused for what is wrong with it, or for nothing, where the function of the
    stream failed. Raises SetAside for a file that cannot be read.
    """
    found: dict[str, Path] = {}
    with engine(folder) as con, ExitStack() as files:
        rejects, lines = Rejects(con), dict[str, _Lines]()
        for block in blocks(_text(chunks, settings.large_file_bytes)):
            if isinstance(block, LongLine):
                head = block.head.decode("utf-8", "backslashreplace")
                rejects.add([(block.first_line, block.offset, Reason.LINE_TOO_LONG, head)])
                continue
            bad = list[Reject]()
            for number, offset, told in _told(block):
                data = _raw(told)
                try:
                    record = streamed(data, contracts)
                except RefusedError as error:
                    text = data.decode("utf-8", "backslashreplace")
                    bad.append((number, offset, error.reason, text))
                    continue
                if record.dataset not in lines:
                    found[record.dataset] = folder / f"{record.dataset}.jsonl"
                    file = files.enter_context(found[record.dataset].open("wb"))
                    lines[record.dataset] = _Lines(file)
                lines[record.dataset].put(record.line, number)
            if bad:
                rejects.add(bad)
        aside = rejects.write(folder / "rejects.parquet", source, None)
    yield None, Outcome(set_aside=rejects.counts, rejects=aside)
    for dataset, path in found.items():
        inside = folder / dataset
        inside.mkdir()
        contract = contracts[dataset]
        with Modeling(inside, contract, source, settings.kept, tells_offsets=False) as modeling:
            modeling.take_text(_pieces(path), _LINES, settings.large_file_bytes)
            yield contract, modeling.finish()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_CHUNK_BYTES):
            yield piece


def _text(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    """Decompress, where it is compressed: Firehose does not say of its errors whether they are."""
    coming = iter(chunks)
    first = next(coming, b"")
    container = Container(Format.JSON_LINES, gzip=first.startswith(_GZIP))
    return text_chunks(chain([first], coming), container, most)


def _told(block: Block) -> Iterator[tuple[int, int, bytes]]:
    places = zip(block.offsets(), block.content.split(b"\n"), strict=True)
    for number, (offset, told) in enumerate(places, block.first_line):
        if told.strip():
            yield number, offset, told


def _raw(told: bytes) -> bytes:
    """Read the record that an error is about; what is no such error is the record itself."""
    try:
        return base64.b64decode(json.loads(told)["rawData"], validate=True)
    except (ValueError, TypeError, KeyError, binascii.Error):
        return told
