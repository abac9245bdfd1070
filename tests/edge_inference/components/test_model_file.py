"""A model is loaded from the bytes that were proved, or not at all."""

import hashlib
import json

import pytest

from edge_inference.model_file import ModelError, described, folder_of, verified
from edge_inference.processor_grant import granted, groups

CONTENT = b"a network"


def sha(content):
    return hashlib.sha256(content).hexdigest()


def write_model(folder, **changes):
    folder.mkdir(parents=True, exist_ok=True)
    told = {
        **{"file": "m.onnx", "sha256": sha(CONTENT), "side": 128, "species": ["robin", "jay"]},
        **{"input_name": "pictures", "output_name": "grids", "metrics": {}},
        **changes,
    }
    (folder / "m.onnx").write_bytes(CONTENT)
    (folder / "model.json").write_text(json.dumps(told))
    return sha((folder / "model.json").read_bytes())


def test_a_model_comes_with_the_bytes_that_were_proved(tmp_path):
    model, content = verified(tmp_path, write_model(tmp_path))
    assert (content, model.species, model.side) == (CONTENT, ("robin", "jay"), 128)
    assert model.short_name == sha(CONTENT)[:12]


@pytest.mark.parametrize("place", [0, 4, len(CONTENT) - 1])
def test_a_bit_that_flipped_is_found(tmp_path, place):
    wanted = write_model(tmp_path)
    broken = bytearray(CONTENT)
    broken[place] ^= 1
    (tmp_path / "m.onnx").write_bytes(broken)
    with pytest.raises(ModelError, match=r"the file is broken; deploy the model anew"):
        verified(tmp_path, wanted)


@pytest.mark.parametrize("content", [b"", CONTENT[:4], CONTENT + b"x"])
def test_half_a_file_is_found(tmp_path, content):
    wanted = write_model(tmp_path)
    (tmp_path / "m.onnx").write_bytes(content)
    with pytest.raises(ModelError, match="the file is broken"):
        verified(tmp_path, wanted)


def test_another_description_than_was_deployed_is_found(tmp_path):
    wanted = write_model(tmp_path)
    write_model(tmp_path, side=64)
    with pytest.raises(ModelError, match="was deployed"):
        verified(tmp_path, wanted)


def test_a_file_that_is_not_there_is_told(tmp_path):
    wanted = write_model(tmp_path)
    (tmp_path / "m.onnx").unlink()
    with pytest.raises(ModelError, match=r"m\.onnx cannot be read"):
        verified(tmp_path, wanted)


@pytest.mark.parametrize(
    "change",
    [{"file": "../m.onnx"}, {"side": 0}, {"side": "wide"}, {"species": []}, {"species": None}],
)
def test_what_describes_no_model_is_told(tmp_path, change):
    write_model(tmp_path, **change)
    with pytest.raises(ModelError, match="describes no model"):
        described((tmp_path / "model.json").read_bytes())
    with pytest.raises(ModelError, match="describes no model"):
        described(b"[]")


def test_the_right_version_is_found_among_all_that_are_there(tmp_path):
    for name in ("1.5.0", "1.20.0"):
        write_model(tmp_path / name, side=64)
    wanted = write_model(tmp_path / "1.3.0")
    (tmp_path / "1.9.0").mkdir()
    assert folder_of(sorted(tmp_path.iterdir()), wanted) == tmp_path / "1.3.0"
    with pytest.raises(ModelError, match="none of 4 versions"):
        folder_of(sorted(tmp_path.iterdir()), "0" * 64)


@pytest.mark.parametrize(
    ("allowed", "quotas", "expected"),
    [
        (4, [], 4),
        (4, ["max 100000"], 4),
        (4, ["200000 100000"], 2),
        (4, ["max 100000", "100000 100000"], 1),
        (4, ["350000 100000"], 3),
        (8, ["50000 100000"], 1),
        (1, ["400000 100000"], 1),
        (2, ["-1 100000"], 2),  # version 1 says so of no quota
        (2, ["", "rubbish", "1 0"], 2),
    ],
)
def test_threads_are_what_is_granted(allowed, quotas, expected):
    assert granted(allowed, quotas) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0::/a.slice/b.service\n", ["a.slice/b.service", "a.slice", ""]),
        ("0::/\n", [""]),
        ("4:memory:/x\n3:cpu,cpuacct:/docker/y\n", ["docker/y", "docker", ""]),
        ("", [""]),
    ],
)
def test_the_groups_of_a_process_are_its_own_and_all_above(text, expected):
    assert groups(text) == expected
