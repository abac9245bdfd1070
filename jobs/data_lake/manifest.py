"""What a training set is, as a document: the same content and origin give the same bytes. Pure."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from data_lake.time_split import SPLITS
from data_lake.training_rows import Rules, TrainingRows
from data_lake.training_table import SCHEMA, DataFile

MANIFESTS = "manifests/"
FOLLOWED = "followed/"  # an object for each kept content that another one has followed, since then


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from: ``tables`` are snapshots by name, ``objects`` raw keys and versions.

    ``faces`` is the folder of another architecture that faces were read from, if any were.
    """

    tables: Mapping[str, int | None]
    objects: Iterable[tuple[str, str]]
    faces: str | None
    code_version: str


def manifest_key(content_hash: str) -> str:
    """Name the document about a content."""
    return f"{MANIFESTS}{content_hash}.json"


def followed_key(content_hash: str) -> str:
    """Name the object whose age tells since when another content has followed."""
    return f"{FOLLOWED}{content_hash}"


def run_key(run: str) -> str:
    """Name the document about a run."""
    return f"runs/{run}.json"


def manifest(
    table: str,
    snapshot_id: int,
    files: Iterable[DataFile],
    content_hash: str,
    made: TrainingRows,
    counted: Mapping[str, int],
    rules: Rules,
    origin: Origin,
) -> bytes:
    """Tell what a snapshot holds, in which files, and what it was made of.

    Snapshots are told as text: they have more digits than numbers of JSON readers are exact to.
    """
    return document(
        {
            "table": table.partition(".")[2],
            "snapshot_id": str(snapshot_id),
            "files": [file._asdict() for file in files],
            "content_hash": content_hash,
            "schema": SCHEMA,
            "rows": {split: counted.get(split, 0) for split in SPLITS},
            "left_out": made.labelled - sum(counted.values()),
            "splits": made.split.spoken,
            "fitted": {"fills": made.fitted.fills, "codes": made.fitted.codes},
            "rules": asdict(rules),
            "lineage": {
                "tables": [
                    {
                        "table": name.partition(".")[2],
                        "snapshot_id": None if at is None else str(at),
                    }
                    for name, at in sorted(origin.tables.items())
                ],
                "objects": [
                    {"object_key": key, "version_id": version}
                    for key, version in sorted(origin.objects)
                ],
                "faces": origin.faces,
                "code_version": origin.code_version,
            },
        }
    )


def document(content: Mapping[str, Any]) -> bytes:
    """Write JSON."""
    return json.dumps(content, indent=1, ensure_ascii=True).encode()
