"""A training set of the lake: its rows held to what its manifest says of them. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from model_training.lake_content import content_hash

SPLITS = ("train", "validation", "test")
ROLES = ("key", "person", "group", "time", "feature", "label", "split")
NUMBERS = ("int", "bigint", "double")
LABELS = (0, 1)


class TrainingSetError(ValueError):
    """A training set that nothing may learn from; its text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the lake says of a training set. ``columns`` are types by name, ``roles`` names by role.

    ``rows`` are counted by split; ``categories`` has by code column the categories, code 1 first.
    """

    content_hash: str
    snapshot_id: str
    columns: Mapping[str, str]
    roles: Mapping[str, Sequence[str]]
    rows: Mapping[str, int]
    categories: Mapping[str, Sequence[str]]

    @property
    def features(self) -> tuple[str, ...]:
        """Name the features in their order."""
        return tuple(self.roles["feature"])

    @property
    def label(self) -> str:
        """Name the label."""
        return self.roles["label"][0]

    @property
    def split(self) -> str:
        """Name the column that says which split a row belongs to."""
        return self.roles["split"][0]


def read_manifest(document: Mapping[str, Any]) -> Manifest:
    """Read a manifest of the lake; raises TrainingSetError for one that says too little."""
    missing = {"content_hash", "snapshot_id", "schema", "rows"} - set(document)
    if missing:
        raise TrainingSetError(
            f"the manifest has no {', '.join(sorted(missing))}; run the features of the lake again"
        )
    schema = document["schema"]
    unknown = sorted({str(column["role"]) for column in schema} - set(ROLES))
    if unknown:
        raise TrainingSetError(
            f"the manifest has columns of the role {', '.join(unknown)}; allowed: "
            f"{', '.join(ROLES)}; mend the lake's schema"
        )
    roles = {role: [c["name"] for c in schema if c["role"] == role] for role in ROLES}
    for role in ("label", "split"):
        if len(roles[role]) != 1:
            raise TrainingSetError(
                f"the manifest has {len(roles[role])} columns of the role {role}; allowed: one"
            )
    columns = {column["name"]: column["type"] for column in schema}
    texts = [name for name in roles["feature"] if columns[name] not in NUMBERS]
    if texts or not roles["feature"]:
        raise TrainingSetError(
            f"features {texts or 'are none'}; allowed: one or more, each of {', '.join(NUMBERS)}; "
            "have the lake code categories as numbers"
        )
    codes = document.get("fitted", {}).get("codes", {})
    return Manifest(
        content_hash=document["content_hash"],
        snapshot_id=document["snapshot_id"],
        columns=columns,
        roles=roles,
        rows=document["rows"],
        categories={f"{name}_code": found for name, found in codes.items()},
    )


def verified(files: Iterable[pa.Table], manifest: Manifest) -> pa.Table:
    """Return the rows of all files in the manifest's columns, if they are what it says.

    Raises TrainingSetError for other columns, counts, splits, labels or content: another snapshot
    was read, a file is missing, or was read twice.
    """
    # Files may differ in whether a column could be missing, and in nothing else.
    rows = pa.concat_tables([_selected(f, manifest) for f in files], promote_options="default")
    split = rows.column(manifest.split).to_pylist()
    counted = {name: split.count(name) for name in SPLITS}
    wanted = {name: manifest.rows.get(name, 0) for name in SPLITS}
    if counted != wanted or len(split) != sum(counted.values()):
        raise TrainingSetError(
            f"the files have {counted} of {len(split)} rows where the manifest says {wanted}: "
            "a file is missing, or was read twice"
        )
    if not wanted["train"]:
        raise TrainingSetError("the training split is empty; let the lake have more rows first")
    labels = set(pc.unique(rows.column(manifest.label)).to_pylist())
    if not labels <= set(LABELS):
        raise TrainingSetError(f"labels are {sorted(labels, key=str)}; allowed: {list(LABELS)}")
    found = content_hash(rows, manifest.columns)
    if found != manifest.content_hash:
        raise TrainingSetError(
            f"the files hold the content {found} where the manifest says {manifest.content_hash}: "
            f"they are not the snapshot {manifest.snapshot_id}"
        )
    return rows


def _selected(rows: pa.Table, manifest: Manifest) -> pa.Table:
    missing = [name for name in manifest.columns if name not in rows.column_names]
    if missing:
        raise TrainingSetError(
            f"a file has no column {', '.join(missing)}: it is of another snapshot than "
            f"{manifest.snapshot_id}"
        )
    return rows.select(list(manifest.columns))


def of_split(rows: pa.Table, manifest: Manifest, name: str) -> pa.Table:
    """Return the rows of a split in an order that is always the same: that of time, then key."""
    found = rows.filter(pc.equal(rows.column(manifest.split), name))
    order = [*manifest.roles["time"], *manifest.roles["key"]]
    return found.sort_by([(column, "ascending") for column in order]) if order else found
