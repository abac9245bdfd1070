"""Pack what AWS's own XGBoost has learned as a model of ours: the script of a processing job."""

import argparse
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

import xgboost as xgb

from model_training.known_rows import library_difference
from model_training.label_first import read_rows
from model_training.packed_model import FILE as ARCHIVE
from model_training.packed_model import ModelError, open_model
from model_training.signature import FILE, Signature, read_signature
from model_training.travelling_model import KNOWN, write_model

LEARNED = "xgboost-model"  # what AWS's algorithm calls it
BEST = "best_iteration"  # noted in the model where it stopped early


def main(arguments: Sequence[str]) -> None:
    """Write ``model.tar.gz`` with the trees, the signature, known rows and what serves them."""
    options = _options(arguments)
    signature = read_signature((options.signature / FILE).read_bytes())
    if wrong := library_difference(signature.library, {"xgboost": xgb.__version__}):
        raise ImportError(f"{wrong}; give the job the image of that release")
    booster = learned(options.model / ARCHIVE, signature)
    known = read_rows(options.rows, len(signature.names)).features[:KNOWN]
    options.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_model(folder, booster, signature, known)
        with tarfile.open(options.out / ARCHIVE, "w:gz") as archive:
            for path in sorted(folder.iterdir()):
                archive.add(path, path.name)
    open_model(options.out / ARCHIVE)  # what cannot be opened here can be opened nowhere
    print(f"packed rounds={booster.num_boosted_rounds()};", flush=True)


def learned(path: Path, signature: Signature) -> xgb.Booster:
    """Open what AWS's algorithm has learned, with the names of the columns, up to its best round.

    Raises ModelError for an archive without it, or trees of other columns.
    """
    with tarfile.open(path) as archive:
        found = next((m for m in archive if Path(m.name).name == LEARNED), None)
        content = archive.extractfile(found) if found else None
        if content is None:
            raise ModelError(f"{path.name} has no {LEARNED}, which AWS's XGBoost writes")
        booster = xgb.Booster()
        booster.load_model(bytearray(content.read()))
    if booster.num_features() != len(signature.names):
        raise ModelError(
            f"{path.name} has trees of {booster.num_features()} columns, and there are "
            f"{len(signature.names)}"
        )
    best = booster.attr(BEST)
    if best is not None:
        booster = booster[: int(best) + 1]
    booster.feature_names = signature.names
    return booster


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("model", "signature", "rows", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
