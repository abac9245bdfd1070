"""A model's description, and the proof that its file is the one described."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DESCRIPTION = "model.json"


class ModelError(ValueError):
    """A model cannot be used; its text is meant for a person."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model as its description has it: which file, what goes in, which species come out."""

    file: str
    sha256: str
    side: int  # pixels of the square that it takes
    species: tuple[str, ...]
    input_name: str
    output_name: str

    @property
    def short_name(self) -> str:
        """The beginning of its hash, by which sightings name it."""
        return self.sha256[:12]


def described(text: bytes) -> Model:
    """Read a description. Raises ModelError where it is none."""
    try:
        found: dict[str, Any] = json.loads(text)
        model = Model(
            file=str(found["file"]),
            sha256=str(found["sha256"]),
            side=int(found["side"]),
            species=tuple(map(str, found["species"])),
            input_name=str(found["input_name"]),
            output_name=str(found["output_name"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{DESCRIPTION} describes no model: {error!r}; deploy the model anew"
        ) from error
    if Path(model.file).name != model.file or model.side < 1 or not model.species:
        raise ModelError(f"{DESCRIPTION} describes no model: {model}; deploy the model anew")
    return model


def verified(folder: Path, description_sha256: str) -> tuple[Model, bytes]:
    """Read a model and its file's bytes; to be loaded from these, not from the disk once more.

    The description is held against the hash that was deployed, the file against the one in the
    description: a runtime takes flipped bits without a word. Raises ModelError for either.
    """
    text = _read(folder / DESCRIPTION)
    if _hash(text) != description_sha256:
        raise ModelError(
            f"{folder / DESCRIPTION} has the hash {_hash(text)[:12]}, and {description_sha256[:12]}"
            " was deployed; deploy the model anew"
        )
    model = described(text)
    content = _read(folder / model.file)
    if _hash(content) != model.sha256:
        raise ModelError(
            f"{folder / model.file} has the hash {_hash(content)[:12]}, its description says"
            f" {model.short_name}: the file is broken; deploy the model anew"
        )
    return model, content


def folder_of(folders: Iterable[Path], description_sha256: str) -> Path:
    """Find the folder with the description that was deployed, among the versions that are there.

    A nucleus keeps older versions, and lite puts no component's path into another's recipe; a hash
    finds the right one on both. Raises ModelError if there is none.
    """
    looked = 0
    for folder in folders:
        looked += 1
        path = folder / DESCRIPTION
        if path.is_file() and _hash(_read(path)) == description_sha256:
            return folder
    raise ModelError(
        f"none of {looked} versions of the model has the hash {description_sha256[:12]} that was"
        " deployed; wait for the deployment, or deploy the model anew"
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read: {error}; deploy the model anew") from error


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
