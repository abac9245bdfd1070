"""A Greengrass component as it is uploaded: recipe, artifacts, a version made of its content."""

import hashlib
import io
import json
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stacks.edge_inference.recipe import problems
from stacks.shared.source_code import shipped

COMPONENTS = Path(__file__).parents[2] / "components"
RECIPE, GDK = "recipe.json", "gdk-config.json"
GDK_PLACE = "s3://BUCKET_NAME/COMPONENT_NAME/COMPONENT_VERSION"  # `gdk component publish` fills it
_MOMENT = (1980, 1, 1, 0, 0, 0)  # the same content is the same file
_MAJOR = 1  # another one for configurations that older ones do not fit
_NUMBERS = 1_000_000  # a part of a version has up to six digits


class ComponentError(ValueError):
    """A component cannot be deployed; its text is meant for a person."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked recipe, and the files that it names, by name."""

    recipe: Mapping[str, Any]
    artifacts: Mapping[str, bytes]

    @property
    def version(self) -> str:
        """The version of the component: of other content another, of the same the same."""
        return str(self.recipe["ComponentVersion"])

    def text(self) -> str:
        """Write the recipe as it is uploaded."""
        return json.dumps(self.recipe, indent=2) + "\n"


def bundle(
    folder: Path, substitutions: Mapping[str, str], *, place: str = GDK_PLACE, name: str = ""
) -> Bundle:
    """Read a component's folder, and make of it what is uploaded.

    In the recipe ``{WORD}`` is replaced by what ``substitutions`` say of it, ``{FILE:sha256}`` by
    the hash of an artifact; ``place`` is where the artifacts will lie. An artifact ``PACKAGE.zip``
    is the modules of the folder of that name; any other is a file of the folder. Raises
    ComponentError with all that is wrong.
    """
    template = (folder / RECIPE).read_text(encoding="utf-8")
    names = _artifact_names(template, folder)
    artifacts = {file: _content(folder, file) for file in names}
    told = {
        **substitutions,
        "COMPONENT_NAME": name or _gdk_name(folder),
        **{f"{file}:sha256": _hash(content) for file, content in artifacts.items()},
    }
    version = content_version(template, told, artifacts)
    for word, value in {**told, "COMPONENT_VERSION": version}.items():
        template = template.replace(f"{{{word}}}", value)
    recipe = json.loads(template.replace(GDK_PLACE, place))
    wrong = problems(recipe, artifacts, size=len(template.encode()))
    if wrong:
        raise ComponentError(f"{folder.name}/{RECIPE}: " + "; ".join(wrong))
    return Bundle(recipe, artifacts)


def content_version(template: str, told: Mapping[str, str], artifacts: Mapping[str, bytes]) -> str:
    """Make a version of all that would change what runs on a device.

    Versions cannot be changed once they are deployed, so other content needs another one; the same
    content must not have another one, or every deployment would restart every device. It says
    nothing of older or newer: a deployment names the one it wants.
    """
    digest = hashlib.sha256()
    parts = [template.encode(), json.dumps(sorted(told.items())).encode()]
    for part in (*parts, *(x for n in sorted(artifacts) for x in (n.encode(), artifacts[n]))):
        digest.update(len(part).to_bytes(8, "big") + part)
    minor, patch = divmod(int.from_bytes(digest.digest()[:16], "big") % _NUMBERS**2, _NUMBERS)
    return f"{_MAJOR}.{minor}.{patch}"


def write_gdk_build(component: Bundle, folder: Path) -> None:
    """Write what ``gdk component build`` leaves, for ``gdk component publish`` to upload."""
    config = json.loads((folder / GDK).read_text(encoding="utf-8"))["component"]
    ((name, settings),) = config.items()
    artifacts = folder / "greengrass-build" / "artifacts" / name / settings["version"]
    recipes = folder / "greengrass-build" / "recipes"
    for place in (artifacts, recipes):
        place.mkdir(parents=True, exist_ok=True)
    for file, content in component.artifacts.items():
        (artifacts / file).write_bytes(content)
    (recipes / RECIPE).write_text(component.text(), encoding="utf-8")


def gdk_substitutions() -> dict[str, str]:
    """Give what stands for a stack's own names where GDK publishes without one."""
    return {"MODEL_COMPONENT": _gdk_name(COMPONENTS / "edge_model"), "TOPIC_PREFIX": "birds"}


def _artifact_names(template: str, folder: Path) -> list[str]:
    try:
        manifests = json.loads(template)["Manifests"]
        return sorted({a["Uri"].rpartition("/")[2] for m in manifests for a in m["Artifacts"]})
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ComponentError(
            f"{folder.name}/{RECIPE} is no JSON with Manifests, Artifacts and Uri: {error!r}"
        ) from error


def _content(folder: Path, file: str) -> bytes:
    package = file.removesuffix(".zip")
    if file.endswith(".zip") and folder.name == package:
        return _zipped(folder.parent, package)
    path = folder / file
    if not path.is_file():
        raise ComponentError(
            f"{folder.name}/{RECIPE} names {file}; there is no {path.name} beside it"
        )
    return path.read_bytes()


def _zipped(root: Path, package: str) -> bytes:
    content = io.BytesIO()
    # Not compressed: libraries that compress differ in their bytes, and Python starts from it.
    with zipfile.ZipFile(content, "w", zipfile.ZIP_STORED) as archive:
        for path in shipped(root, package):
            archive.writestr(zipfile.ZipInfo(path.as_posix(), _MOMENT), (root / path).read_bytes())
    return content.getvalue()


def _gdk_name(folder: Path) -> str:
    names = json.loads((folder / GDK).read_text(encoding="utf-8"))["component"]
    return str(next(iter(names)))


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


if __name__ == "__main__":  # what `gdk component build` runs
    for word in sys.argv[1:]:
        place = COMPONENTS / Path(word).name
        try:
            write_gdk_build(bundle(place, gdk_substitutions()), place)
        except ComponentError as error:
            sys.exit(f"component: {error}")
