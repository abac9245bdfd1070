"""The packaged detector: what its description says of it is so."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

from edge_inference.detections import boxes_of
from edge_inference.detector import batch_of
from edge_inference.image_set import read_image_set
from edge_inference.mean_average_precision import Found, average_precisions, mean
from edge_inference.model_file import verified
from fixtures.birds.__main__ import COUNTS, SEED
from fixtures.birds.data_set import write_data_set
from fixtures.birds.species import NAMES

FOLDER = Path(__file__).parents[2] / "components" / "edge_model"
DESCRIPTION = json.loads((FOLDER / "model.json").read_text())
LEAST = 0.9  # mean average precision, of drawn pictures that it never saw
MOST_LOST = 0.02  # of it, by eight bits


def sha256(name):
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def test_set(tmp_path_factory):
    """Draw the pictures anew that the detector was measured on."""
    folder = tmp_path_factory.mktemp("birds")
    write_data_set(folder, {"test": COUNTS["test"]}, seed=SEED, place="s3://drawn/birds/")
    return read_image_set(folder / "test", DESCRIPTION["side"])


@pytest.fixture(scope="module")
def measured(test_set):
    """Measure both files on them: the average precision of each species."""
    return {kind: measure(f"detector.{kind}.onnx", test_set) for kind in ("fp32", "int8")}


def measure(name, images):
    session = onnxruntime.InferenceSession(str(FOLDER / name), providers=["CPUExecutionProvider"])
    found = []
    for square in images.squares:
        (grids,) = session.run(None, {"pictures": batch_of(square)})
        told = boxes_of(np.asarray(grids), images.species, DESCRIPTION["side"], 0.02)
        found.append(Found(told[0], told[2], told[1]))
    return average_precisions(images.truths, found, images.species)


def test_its_files_are_those_that_were_trained_and_its_species_those_drawn():
    model, _ = verified(FOLDER, sha256("model.json"))
    assert model.species == NAMES
    for kind, told in DESCRIPTION["other_sha256"].items():
        assert sha256(f"detector.{kind}.onnx") == told
    assert DESCRIPTION["settings"]["seed"] == 1
    assert set(DESCRIPTION["data_sha256"]) == set(COUNTS)
    assert all(DESCRIPTION["metrics"][kind]["map50"] >= LEAST for kind in ("torch", "fp32", "int8"))


def test_it_was_measured_on_these_pictures(test_set):
    assert test_set.sha256 == DESCRIPTION["data_sha256"]["test"]


@pytest.mark.parametrize("kind", ["fp32", "int8"])
def test_it_finds_unseen_birds_as_well_as_it_says(measured, kind):
    assert mean(measured[kind]) >= LEAST
    told = {name: pytest.approx(v, abs=0.01) for name, v in measured[kind].items()}
    assert told == DESCRIPTION["metrics"][kind]["ap50"]


def test_eight_bits_cost_next_to_nothing(measured):
    assert mean(measured["fp32"]) - mean(measured["int8"]) <= MOST_LOST
