"""Hold a training set to its manifest, and write it as numbers alone: a job's script."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from model_training.dense_rows import FILE, Floats, columns_of, dense, document
from model_training.label_first import write_rows
from model_training.prepare import one_file, read_files
from model_training.recordio_protobuf import write_records
from model_training.training_set import (
    SPLITS,
    TrainingSetError,
    of_split,
    read_manifest,
    verified,
)

CSV, RECORDS = "csv", "recordio-protobuf"
FORMATS = (RECORDS, CSV)


def main(arguments: Sequence[str]) -> None:
    """Write ``train/``, ``validation/``, ``test/`` and ``columns/``.

    Every split has as many files as instances read it, each about as large; none may be empty.
    """
    options = _options(arguments)
    manifest = read_manifest(json.loads(one_file(options.manifest, "*.json").read_bytes()))
    rows = verified(read_files(options.rows), manifest)
    train = of_split(rows, manifest, "train")
    columns = columns_of(train, manifest, scaled=options.scaled)
    for name in SPLITS:
        found = of_split(rows, manifest, name)
        if found.num_rows < options.files:
            raise TrainingSetError(
                f"the split {name} has {found.num_rows} rows for {options.files} files, and none "
                "may be empty; let the lake have more rows first"
            )
        features = dense(found, columns, name)
        labels = np.asarray(found.column(manifest.label).to_numpy(), np.float32)
        _write(options, options.out / name, features, labels if options.labels else None)
        print(f"prepared {name}-rows={found.num_rows};", flush=True)
    (options.out / "columns").mkdir(parents=True)
    (options.out / "columns" / FILE).write_bytes(document(columns))
    print(f"prepared columns={len(columns)};", flush=True)


def _write(
    options: argparse.Namespace, folder: Path, features: Floats, labels: Floats | None
) -> None:
    for number, part in enumerate(np.array_split(np.arange(len(features)), options.files)):
        told = None if labels is None else labels[part]
        if options.format == RECORDS:
            write_records(folder / f"rows-{number:03d}.pbr", features[part], told)
            continue
        columns = [pa.chunked_array([column]) for column in features[part].T]
        label = [] if told is None else [pa.chunked_array([told])]
        write_rows(folder, [*label, *columns], f"rows-{number:03d}.csv")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("manifest", "rows", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument("--files", type=int, required=True, help="of each split")
    parser.add_argument("--labels", action="store_true", help="labels are written, the label first")
    parser.add_argument("--scaled", action="store_true", help="numbers by mean and deviation")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
