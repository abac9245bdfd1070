"""What a component's recipe says, and what AWS would not take of it."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from sandbox.core.emulator import ServiceError

# https://docs.aws.amazon.com/greengrass/v2/developerguide/component-recipe-reference.html
_FORMAT = "2020-01-25"
_NAME = re.compile(r"[A-Za-z0-9_.-]{1,128}")
_VERSION = re.compile(
    r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"
)
_RESERVED = "aws."  # of components that AWS makes

Recipe = dict[str, Any]


def read(content: bytes) -> Recipe:
    """Read a recipe; raises ServiceError that says what is wrong with it."""
    try:
        recipe = json.loads(content)
    except ValueError as error:
        raise invalid(f"the recipe is not JSON, and the sandbox reads no YAML: {error}") from error
    if not isinstance(recipe, dict):
        raise invalid("the recipe is no object")
    if recipe.get("RecipeFormatVersion") != _FORMAT:
        raise invalid(
            f"RecipeFormatVersion is {recipe.get('RecipeFormatVersion')!r}; allowed: {_FORMAT!r}"
        )
    for member, pattern in (("ComponentName", _NAME), ("ComponentVersion", _VERSION)):
        value = recipe.get(member)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise invalid(f"{member} is {value!r}; allowed: {pattern.pattern}")
    if recipe["ComponentName"].lower().startswith(_RESERVED):
        raise invalid(f"ComponentName is {recipe['ComponentName']!r}; aws. is AWS's own")
    if not isinstance(recipe.get("Manifests"), list):
        raise invalid("the recipe has no list Manifests")
    for uri in (artifact.get("Uri") for artifact in artifacts(recipe)):
        place = urlsplit(uri) if isinstance(uri, str) else None
        if place is None or place.scheme != "s3" or not place.netloc or len(place.path) < 2:
            raise invalid(f"the Uri of an artifact is {uri!r}; allowed: s3://<bucket>/<key>")
    return recipe


def artifacts(recipe: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each artifact of each manifest."""
    for manifest in recipe["Manifests"]:
        if not isinstance(manifest, dict):
            raise invalid(f"a manifest is {manifest!r}; it is an object")
        for artifact in manifest.get("Artifacts") or ():
            if not isinstance(artifact, dict):
                raise invalid(f"an artifact is {artifact!r}; it is an object with a Uri")
            yield artifact


def platforms(recipe: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Tell the platforms of the manifests, as ``DescribeComponent`` does."""
    given = (manifest.get("Platform") or {} for manifest in recipe["Manifests"])
    return [{"attributes": {name: str(value) for name, value in each.items()}} for each in given]


def invalid(message: str) -> ServiceError:
    """Refuse a request for what it says."""
    return ServiceError("ValidationException", message)
