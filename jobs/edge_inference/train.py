"""Train a bird detector, write it as ONNX, in eight bits too: the script of a training job."""

import hashlib
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Any

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # it asks before it is imported only

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray

from edge_inference.detections import boxes_of
from edge_inference.grid_targets import mirrored, targets
from edge_inference.image_set import ImageSet, read_image_set
from edge_inference.mean_average_precision import Found, average_precisions, mean
from edge_inference.network import CELLS, Network, export, loss
from edge_inference.quantization import quantize

DEFAULTS = {
    "side": 128,
    "width": 16,
    "epochs": 16,
    "batch": 32,
    "seed": 1,
    "rate": 0.006,
    "bits": 32,
}
KINDS = {32: "fp32", 8: "int8"}
CALIBRATION = 128  # pictures
LEAST_SCORE = 0.02  # of what counts for the average precision
MOST_LOST = 0.02  # of the mean average precision, between PyTorch and either file
Grids = Callable[[NDArray[np.float32]], NDArray[np.float32]]


class ParityError(RuntimeError):
    """A file does not find what the network finds; its text is meant for a person."""


def main(arguments: Sequence[str], environment: Mapping[str, str]) -> dict[str, Any]:
    """Train by the channels ``train``, ``validation`` and ``test``; write three files.

    ``detector.fp32.onnx``, ``detector.int8.onnx``, and ``model.json``, which says of the one with
    ``bits`` what a device needs to know, and of all how good they are on ``test``, which nothing
    was chosen by. The same data, seed and number of threads give the same network.
    """
    settings = _settings(arguments)
    folder = Path(environment["SM_MODEL_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    side = int(settings["side"])
    sets = {
        name: read_image_set(Path(environment[f"SM_CHANNEL_{name.upper()}"]), side)
        for name in ("train", "validation", "test")
    }
    species = sets["train"].species
    torch.manual_seed(int(settings["seed"]))
    if threads := int(environment.get("SM_NUM_CPUS", "0")):
        torch.set_num_threads(threads)
    # Channels last, as the processor's kernels for depthwise layers want it: a third less time.
    network = Network(len(species), int(settings["width"])).to(memory_format=torch.channels_last)
    begun = monotonic()
    fit(network, sets["train"], sets["validation"], settings)
    seconds = monotonic() - begun
    paths = {kind: folder / f"detector.{kind}.onnx" for kind in ("fp32", "int8")}
    export(network, paths["fp32"], side)
    quantize(paths["fp32"], paths["int8"], "pictures", sets["train"].squares[:CALIBRATION])
    metrics = compare(network, paths, sets["test"], side)
    hashes = {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items()}
    kind = KINDS[int(settings["bits"])]
    description = {
        "file": paths[kind].name,
        "sha256": hashes[kind],
        "other_sha256": {name: hashes[name] for name in paths if name != kind},
        "side": side,
        "species": list(species),
        "input_name": "pictures",
        "output_name": "grids",
        "metrics": metrics,
        "data_sha256": {name: each.sha256 for name, each in sets.items()},
        "settings": settings,
        "made_with": {"torch": torch.__version__, "onnxruntime": onnxruntime.__version__},
    }
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    print(f"trained seconds={seconds:.1f}; map50={metrics[kind]['map50']:.4f};", flush=True)
    return description


def fit(
    network: Network, train: ImageSet, validation: ImageSet, settings: Mapping[str, float]
) -> None:
    """Let a network learn a set by heart and by mirror; tell of each epoch."""
    cells = int(settings["side"]) // CELLS
    grids = targets(train.truths, len(train.species), side=int(settings["side"]), cells=cells)
    pictures = np.ascontiguousarray(train.squares.transpose(0, 3, 1, 2))
    batch, epochs = int(settings["batch"]), int(settings["epochs"])
    steps = -(-len(pictures) // batch)
    optimizer = torch.optim.AdamW(network.parameters(), lr=settings["rate"], weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, max_lr=settings["rate"], total_steps=steps * epochs, pct_start=0.2
    )
    draws = np.random.default_rng(int(settings["seed"]))
    for epoch in range(epochs):
        network.train()
        order, total = draws.permutation(len(pictures)), 0.0
        for start in range(0, len(order), batch):
            chosen = np.sort(order[start : start + batch])
            x, y = pictures[chosen].astype(np.float32), grids[chosen]
            if draws.random() < 0.5:
                x, y = x[..., ::-1], mirrored(y)
            x = np.clip(x * draws.uniform(0.8, 1.2, (len(x), 1, 1, 1)).astype(np.float32), 0, 255)
            wrong = loss(
                network.raw(torch.from_numpy(np.ascontiguousarray(x))), torch.from_numpy(y)
            )
            optimizer.zero_grad()
            wrong.backward()
            optimizer.step()
            schedule.step()
            total += wrong.item() * len(chosen)
        told = f"epoch={epoch}; loss={total / len(order):.4f};"
        if epoch % 5 == 4 or epoch == epochs - 1:
            told += f" validation_map50={score(_torch(network), validation):.4f};"
        print(told, flush=True)


def compare(
    network: Network, paths: Mapping[str, Path], test: ImageSet, side: int
) -> dict[str, Any]:
    """Measure the network and both files on the same pictures.

    Raises ParityError where a file finds less than the network: exporting and rounding may cost no
    more than two hundredths of its mean average precision.
    """
    ways: dict[str, Grids] = {"torch": _torch(network), **{k: _onnx(p) for k, p in paths.items()}}
    metrics: dict[str, Any] = {}
    for name, way in ways.items():
        each = average_precisions(test.truths, found(way, test), test.species)
        metrics[name] = {"map50": mean(each), "ap50": {k: round(v, 4) for k, v in each.items()}}
    sample = _floats(test.squares[:16])
    apart = float(np.abs(ways["fp32"](sample) - ways["torch"](sample)).max())
    metrics["fp32"]["largest_difference"] = apart
    for name in paths:
        lost = metrics["torch"]["map50"] - metrics[name]["map50"]
        if lost > MOST_LOST or (name == "fp32" and apart > 0.001):
            raise ParityError(
                f"{paths[name].name} has a mean average precision of {metrics[name]['map50']:.3f},"
                f" the network {metrics['torch']['map50']:.3f}, and differs by up to {apart:.4f};"
                " the export or the calibration is wrong"
            )
    return metrics


def score(way: Grids, images: ImageSet) -> float:
    """Give the mean average precision of a way from pictures to grids."""
    return mean(average_precisions(images.truths, found(way, images), images.species))


def found(way: Grids, images: ImageSet) -> list[Found]:
    """Give what a way finds in each picture."""
    side = images.squares.shape[1]
    result = []
    for start in range(0, len(images.squares), 64):
        for grid in way(_floats(images.squares[start : start + 64])):
            boxes, scores, kinds = boxes_of(grid, images.species, side, LEAST_SCORE)
            result.append(Found(boxes, kinds, scores))
    return result


def _torch(network: Network) -> Grids:
    def run(pictures: NDArray[np.float32]) -> NDArray[np.float32]:
        network.eval()
        with torch.no_grad():
            return np.asarray(network(torch.from_numpy(pictures)).numpy(), np.float32)

    return run


def _onnx(path: Path) -> Grids:
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return lambda pictures: np.asarray(session.run(None, {"pictures": pictures})[0], np.float32)


def _floats(squares: NDArray[np.uint8]) -> NDArray[np.float32]:
    return np.ascontiguousarray(squares.transpose(0, 3, 1, 2), np.float32)


def _settings(arguments: Sequence[str]) -> dict[str, float]:
    """Read hyperparameters as SageMaker passes them: ``--name value``, all of them numbers."""
    given = {
        name.removeprefix("--"): value
        for name, value in zip(arguments[::2], arguments[1::2], strict=True)
    }
    if unknown := sorted(set(given) - set(DEFAULTS)):
        raise ValueError(f"{unknown[0]} is no hyperparameter; there are {', '.join(DEFAULTS)}")
    return {name: float(given.get(name, default)) for name, default in DEFAULTS.items()}


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
