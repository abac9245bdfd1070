"""Take one file from the raw zone to the modeled one, and tell that it is done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from data_lake.containers import Format, container_of
from data_lake.contract import Contract
from data_lake.load_record import load_record
from data_lake.modeling import Modeling, Outcome, set_aside
from data_lake.places import (
    REFUSED,
    UNKNOWN,
    contract_of,
    modeled_key,
    quarantine_key,
    record_key,
)
from data_lake.reasons import FileReason, SetAside
from data_lake.refused_records import take_refused
from data_lake.settings import Settings
from runtime.errors import failure_of
from runtime.object_versions import ObjectVersion

CHUNK_BYTES = 1024 * 1024
PARQUET = "application/vnd.apache.parquet"
# Has a file that is too large modeled by others; tells whether that was not begun before.
HandOver = Callable[[ObjectVersion], bool]


@dataclass(frozen=True, slots=True)
class Zones:
    """The buckets that are written to, and the client that reads and writes."""

    s3: Any
    modeled: str
    failures: str

    def is_done(self, source: ObjectVersion) -> bool:
        """Tell whether a file was modeled before.

        By GET, as the answer to a HEAD cannot say which permission is missing.
        """
        try:
            self.s3.get_object(Bucket=self.modeled, Key=record_key(source))["Body"].close()
        except ClientError as error:
            if failure_of(error).is_absence:
                return False
            raise
        return True

    def put_file(self, bucket: str, key: str, path: Path) -> None:
        """Write a file, over what the same source may have left there."""
        with path.open("rb") as body:
            self.s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType=PARQUET)

    def put_record(self, source: ObjectVersion, loads: Sequence[bytes]) -> None:
        """Tell that a file is done, last of all, by a line for each data set."""
        self.s3.put_object(
            Bucket=self.modeled,
            Key=record_key(source),
            Body=b"\n".join(loads),
            ContentType="application/json",
        )


def model_file(
    zones: Zones,
    source: ObjectVersion,
    contracts: dict[str, Contract],
    settings: Settings,
    folder: Path,
    hand_over: HandOver | None = None,
) -> list[Outcome] | None:
    """Model a file; None where that was done before. Raises what botocore raises.

    The same version of an object always writes the same keys, and the load record comes last:
    wherever this stops, doing it again ends the same. There is an outcome for each data set: one,
    but for what a stream refused, and none yet of a file that was too large, and handed over.
    """
    if zones.is_done(source):
        return None
    contract: Contract | None = None
    try:
        if source.key.startswith(REFUSED):
            chunks = chunks_of(zones.s3, source)
            taken = list(take_refused(chunks, source, contracts, settings, folder))
        else:
            contract = contract_of(source.key, contracts)
            taken = [(contract, _modeled(zones.s3, source, contract, settings, folder))]
    except SetAside as why:
        is_large = why.reason is FileReason.TOO_LARGE and source.size_bytes <= settings.most_bytes
        if contract and is_large and hand_over:
            return [] if hand_over(source) else None
        version = contract.version if contract else None
        taken = [(contract, set_aside(folder, source, why, version))]
    zones.put_record(source, [keep(zones, source, of, outcome) for of, outcome in taken])
    return [outcome for _, outcome in taken]


def keep(zones: Zones, source: ObjectVersion, contract: Contract | None, outcome: Outcome) -> bytes:
    """Write what was made of a file's records of one data set; returns the line that says so."""
    dataset = contract.dataset if contract else UNKNOWN
    keys = {modeled_key(dataset, day, source): path for day, path in outcome.parts.items()}
    if outcome.rejects:
        zones.put_file(zones.failures, quarantine_key(dataset, source), outcome.rejects)
    for key, path in keys.items():
        zones.put_file(zones.modeled, key, path)
    version = contract.version if contract else None
    return load_record(source, dataset, version, outcome, sorted(keys))


def _modeled(
    s3: Any, source: ObjectVersion, contract: Contract, settings: Settings, folder: Path
) -> Outcome:
    container = container_of(source.key)
    for most in (settings.most_bytes, settings.large_file_bytes):
        if source.size_bytes > most:
            told = f"it has {source.size_bytes} bytes, more than {most}"
            raise SetAside(FileReason.TOO_LARGE, told)
    with Modeling(folder, contract, source, settings.kept) as modeling:
        chunks = chunks_of(s3, source)
        if container.format is Format.PARQUET:
            path = folder / "source.parquet"
            with path.open("wb") as file:
                file.writelines(chunks)
            modeling.take_parquet(path)
        else:
            modeling.take_text(chunks, container, settings.large_file_bytes)
        return modeling.finish()


def chunks_of(s3: Any, source: ObjectVersion, span: range | None = None) -> Iterator[bytes]:
    """Read a version, or a span of it, a piece at a time; raises SetAside if it is gone."""
    which = {"VersionId": source.version_id} if source.version_id else {"IfMatch": source.e_tag}
    if span is not None:
        which["Range"] = f"bytes={span.start}-{span.stop - 1}"
    try:
        body = s3.get_object(Bucket=source.bucket, Key=source.key, **which)["Body"]
    except ClientError as error:
        if failure_of(error).is_absence:
            raise SetAside(FileReason.GONE, "it was deleted before it was read") from None
        raise
    yield from body.iter_chunks(CHUNK_BYTES)
