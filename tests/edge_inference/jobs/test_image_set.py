"""Labelled pictures as a training job reads them, and manifests that are wrong."""

import json

import numpy as np
import pytest

from edge_inference.image_set import DataSetError, read_image_set
from fixtures.birds.data_set import HEIGHT, MANIFEST, WIDTH, write_data_set
from fixtures.birds.species import NAMES


@pytest.fixture
def folder(tmp_path):
    """Draw a channel of three pictures."""
    write_data_set(tmp_path, {"train": 3}, seed=3, place="s3://bucket/")
    return tmp_path / "train"


def lines(folder):
    return [json.loads(line) for line in (folder / MANIFEST).read_text().splitlines()]


def rewrite(folder, told):
    (folder / MANIFEST).write_text("".join(json.dumps(line) + "\n" for line in told))


def test_boxes_lie_in_the_square_where_the_birds_are(folder):
    found = read_image_set(folder, 128)
    assert found.species == NAMES
    assert found.squares.shape == (3, 128, 128, 3)
    assert found.squares.dtype == np.uint8
    for line, truth in zip(lines(folder), found.truths, strict=True):
        scale = 128 / WIDTH
        for told, box in zip(line["birds"]["annotations"], truth.boxes, strict=True):
            left, top = told["left"] * scale, told["top"] * scale + (128 - HEIGHT * scale) / 2
            size = (told["width"] * scale, told["height"] * scale)
            assert box.tolist() == pytest.approx([left, top, left + size[0], top + size[1]])


def test_its_hash_is_that_of_pictures_and_labels_wherever_they_lie(folder, tmp_path):
    write_data_set(tmp_path / "b", {"train": 3}, seed=3, place="s3://elsewhere/x/")
    one = read_image_set(folder, 128).sha256
    assert one == read_image_set(tmp_path / "b" / "train", 128).sha256
    told = lines(folder)
    moved = next(line for line in told if line["birds"]["annotations"])
    moved["birds"]["annotations"][0]["left"] += 1
    rewrite(folder, told)
    assert one != read_image_set(folder, 128).sha256


def test_real_photographs_need_no_more_than_source_boxes_and_names(folder):
    told = lines(folder)[:1]
    told = [
        {
            "source-ref": told[0]["source-ref"],
            "any": {"annotations": []},
            "any-metadata": {"class-map": {"0": "owl"}},
        }
    ]
    rewrite(folder, told)
    found = read_image_set(folder, 128)
    assert (found.species, found.truths[0].boxes.shape) == (("owl",), (0, 4))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda line: line.pop("source-ref"), "line 2: KeyError"),
        (lambda line: line.pop("birds"), "line 2: ValueError"),
        (lambda line: line.pop("birds-metadata"), "line 2: KeyError"),
        (lambda line: line.update({"source-ref": "s3://bucket/none.jpg"}), "line 2: FileNotFound"),
        (lambda line: line["birds-metadata"]["class-map"].pop("1"), None),
        (
            lambda line: line["birds-metadata"].update({"class-map": {"9": "owl"}}),
            "it counts from 0 on",
        ),
    ],
)
def test_a_line_that_is_wrong_is_told(folder, change, told):
    changed = lines(folder)
    change(changed[1])
    rewrite(folder, changed)
    if told is None:  # another line names it
        assert read_image_set(folder, 128).species == NAMES
        return
    with pytest.raises(DataSetError, match=told):
        read_image_set(folder, 128)


def test_what_is_no_data_set_is_told(folder, tmp_path):
    with pytest.raises(DataSetError, match=r"has no manifest\.jsonl"):
        read_image_set(tmp_path, 128)
    (folder / "000001.jpg").write_bytes(b"no picture")
    with pytest.raises(DataSetError, match=r"line 2: s3://bucket/train/000001\.jpg is no picture"):
        read_image_set(folder, 128)
    (folder / MANIFEST).write_text("")
    with pytest.raises(DataSetError, match="has no line"):
        read_image_set(folder, 128)
