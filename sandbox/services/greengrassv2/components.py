"""Versions of components: a recipe with the digests of its artifacts, which nobody changes."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from sandbox.core.clock import CLOCK
from sandbox.core.emulator import PARTITION, ServiceError
from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.services.greengrassv2 import pages, tags
from sandbox.services.greengrassv2.recipe import Recipe, artifacts, invalid, platforms, read
from sandbox.services.kms import keys
from sandbox.services.s3.upstream import s3

Request = Mapping[str, Any]


@dataclass(frozen=True)
class Component:
    """One version of a component."""

    arn: str
    recipe: Recipe
    created: float = field(default_factory=CLOCK.time)

    @property
    def name(self) -> str:
        """What it is called."""
        return str(self.recipe["ComponentName"])

    @property
    def version(self) -> str:
        """Which version it is."""
        return str(self.recipe["ComponentVersion"])

    def named(self) -> dict[str, Any]:
        """Show it as ``ListComponentVersions`` does."""
        return {"arn": self.arn, "componentName": self.name, "componentVersion": self.version}

    def described(self) -> dict[str, Any]:
        """Show it as ``DescribeComponent`` does."""
        told = {"publisher": "ComponentPublisher", "description": "ComponentDescription"}
        return {
            **self.named(),
            **{name: self.recipe[said] for name, said in told.items() if self.recipe.get(said)},
            "creationTimestamp": self.created,
            "status": _DEPLOYABLE,
            "platforms": platforms(self.recipe),
            "tags": tags.of(self.arn),
        }


_DEPLOYABLE = {"componentState": "DEPLOYABLE", "message": "NONE", "errors": {}}
_components: Any = responses.AccountRegionScopedDict()  # by name and version, in order of making
_tokens: Any = responses.AccountRegionScopedDict()  # what a client asked for, by its token


def forget() -> None:
    """Forget all."""
    _components.clear()
    _tokens.clear()


def arn_of(name: str, version: str = "") -> str:
    """Spell the ARN of a component or of one version."""
    place = f"{responses.get_region()}:{responses.get_account_id()}"
    whole = f"arn:{PARTITION}:greengrass:{place}:components:{name}"
    return f"{whole}:versions:{version}" if version else whole


def find(name: str, version: str) -> Component | None:
    """Find a version; None where there is none."""
    found: Component | None = _components.get((name, version))
    return found


def create(request: Request) -> dict[str, Any]:
    """Carry out ``CreateComponentVersion``, whose artifacts the caller has to be able to read."""
    if "lambdaFunction" in request or "inlineRecipe" not in request:
        raise invalid("the sandbox makes a component of an inlineRecipe, and of nothing else")
    try:
        content = base64.b64decode(request["inlineRecipe"], validate=True)
    except (binascii.Error, TypeError) as error:
        raise invalid(f"inlineRecipe is no base64: {error}") from error
    made = create_from(content, request.get("tags"), token=request.get("clientToken", ""))
    told = {**made.named(), "creationTimestamp": made.created}
    return {**told, "status": {**_DEPLOYABLE, "componentState": "REQUESTED"}}


def create_from(content: bytes, labels: Mapping[str, str] | None, *, token: str = "") -> Component:
    """Make a version of a recipe; raises ServiceError where there is one already."""
    recipe = read(content)
    name, version = recipe["ComponentName"], recipe["ComponentVersion"]
    known = find(name, version)
    if known is not None and token and _tokens.get(token) == (name, version):
        return known
    if known is not None:
        raise ServiceError(
            "ConflictException",
            f"Component [{name} : {version}] for account [{responses.get_account_id()}] "
            f"already exists with state: [DEPLOYABLE]",
            409,
        )
    for artifact in artifacts(recipe):
        artifact["Digest"], artifact["Algorithm"] = _digest(artifact["Uri"]), "SHA-256"
    made = Component(arn_of(name, version), recipe)
    _components[name, version] = made
    if token:
        _tokens[token] = name, version
    tags.put(made.arn, labels)
    return made


def describe(request: Request) -> dict[str, Any]:
    """Carry out ``DescribeComponent``."""
    return _required(request).described()


def get(request: Request) -> dict[str, Any]:
    """Carry out ``GetComponent``; recipes are told as JSON."""
    if request.get("recipeOutputFormat", "JSON") != "JSON":
        raise invalid("the sandbox tells recipes as JSON, and not as YAML")
    found = _required(request)
    recipe = base64.b64encode(json.dumps(found.recipe).encode()).decode()
    return {"recipeOutputFormat": "JSON", "recipe": recipe, "tags": tags.of(found.arn)}


def list_components(request: Request) -> dict[str, Any]:
    """Carry out ``ListComponents``: each with its latest version."""
    if request.get("scope", "PRIVATE") != "PRIVATE":
        raise invalid("the sandbox has no list of AWS's own components")
    latest = {each.name: each for each in _components.values()}
    shown = [
        {
            "arn": arn_of(name),
            "componentName": name,
            "latestVersion": {
                member: value
                for member, value in each.described().items()
                if member not in ("componentName", "status", "tags")
            },
        }
        for name, each in latest.items()
    ]
    return pages.page(request, "components", shown)


def list_versions(request: Request) -> dict[str, Any]:
    """Carry out ``ListComponentVersions``: the latest first."""
    versions = [
        each.named() for each in _components.values() if arn_of(each.name) == request["arn"]
    ]
    if not versions:
        raise _missing(request["arn"])
    return pages.page(request, "componentVersions", versions[::-1])


def delete(request: Request) -> dict[str, Any]:
    """Carry out ``DeleteComponent``."""
    found = _required(request)
    del _components[found.name, found.version]
    tags.drop(found.arn)
    return {}


def _required(request: Request) -> Component:
    for each in _components.values():
        if each.arn == request["arn"]:
            found: Component = each
            return found
    raise _missing(request["arn"])


def _missing(arn: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"Component [{arn}] does not exist", 404)


def _digest(uri: str) -> str:
    """Read an artifact as the caller, and tell its digest as Greengrass does."""
    place = urlsplit(uri)
    bucket, key = place.netloc, place.path[1:]
    arn = f"arn:{PARTITION}:s3:::{bucket}/{key}"
    why = authorization.denial(authorization.request_caller(), "s3:GetObject", arn)
    if not why:
        with keys.asked_again():
            status, _, body = s3._get_object(bucket, key, {}, {})
        if status == 200:
            return base64.b64encode(hashlib.sha256(body).digest()).decode()
        why = body.decode(errors="replace")
    raise invalid(f"the artifact {uri} cannot be read: {why}")
