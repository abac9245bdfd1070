"""Hold a training set to its manifest, and write it as an algorithm reads it: a job's script."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet

from model_training.label_first import GROUPS, write_rows
from model_training.learned_features import columns_of, features_of
from model_training.signature import FILE, Signature
from model_training.training_set import (
    LABELS,
    SPLITS,
    Manifest,
    TrainingSetError,
    of_split,
    read_manifest,
    verified,
)


def main(arguments: Sequence[str]) -> None:
    """Write ``train/``, ``validation/``, ``test/``, ``signature/`` and ``groups/``."""
    options = _options(arguments)
    manifest = read_manifest(json.loads(one_file(options.manifest, "*.json").read_bytes()))
    rows = verified(read_files(options.rows), manifest)
    for name in SPLITS:
        found = of_split(rows, manifest, name)
        columns = [found.column(manifest.label), *columns_of(found, manifest)]
        write_rows(options.out / name, columns)
        print(f"prepared {name}-rows={found.num_rows};", flush=True)
    train = of_split(rows, manifest, "train")
    signature = Signature(
        features_of(train, manifest),
        manifest.label,
        LABELS[1],
        {"xgboost": options.library},
        {
            "content_hash": manifest.content_hash,
            "snapshot_id": manifest.snapshot_id,
            "manifest": options.manifest_uri,
        },
    )
    _write(options.out / "signature" / FILE, signature.document())
    _write(options.out / "groups" / GROUPS, _groups(of_split(rows, manifest, "test"), manifest))


def read_files(folder: Path) -> list[pa.Table]:
    """Read every Parquet file of a folder; raises TrainingSetError if there is none."""
    files = sorted(folder.glob("**/*.parquet"))
    if not files:
        raise TrainingSetError(f"there is no Parquet file in the input {folder.name}")
    # One by one: a reader of folders would take their names for columns.
    return [parquet.ParquetFile(path).read() for path in files]


def _groups(test: pa.Table, manifest: Manifest) -> bytes:
    """Tell by which groups the test rows are scored, in the rows' order."""
    found = {name: test.column(name).to_pylist() for name in manifest.roles["group"]}
    for name, categories in manifest.categories.items():
        group = name.removesuffix("_code")
        if name in manifest.columns and group not in found:
            known = ["unknown", *categories]
            found[group] = [known[code] for code in test.column(name).to_pylist()]
    return json.dumps(found).encode()


def one_file(folder: Path, pattern: str) -> Path:
    """Find the one file of an input; raises TrainingSetError for none, or several."""
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise TrainingSetError(f"the input {folder.name} has {len(found)} files; allowed: one")
    return found[0]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("manifest", "rows", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--manifest-uri", required=True, help="where the manifest lies")
    parser.add_argument("--library", required=True, help="the release of xgboost that trains")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
