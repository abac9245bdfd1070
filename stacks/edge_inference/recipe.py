"""Whether a Greengrass recipe runs on the classic nucleus and on nucleus lite alike. Pure."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]

# The classic nucleus reads keys in any case, and leaves out what it does not know; lite does not.
# So a slip of the pen deploys, and then does nothing on some devices.
# What lite reads, in its case: aws-greengrass-lite, modules/ggl-recipe and ggdeploymentd.
_TOP = {
    "RecipeFormatVersion",
    "ComponentName",
    "ComponentVersion",
    "ComponentType",
    "ComponentDescription",
    "ComponentPublisher",
    "ComponentConfiguration",
    "ComponentDependencies",
    "Manifests",
}
_REQUIRED = {"RecipeFormatVersion", "ComponentName", "ComponentVersion", "Manifests"}
_MANIFEST = {"Name", "Platform", "Lifecycle", "Artifacts"}
_PLATFORM = {"os", "architecture", "runtime"}
_STEPS = {"install", "startup", "run"}
_STEP = {"Script", "RequiresPrivilege", "Setenv", "Timeout"}
_ARTIFACT = {"Uri", "Unarchive", "Permission", "Digest", "Algorithm"}
_PERMISSION = {"Read", "Execute"}
_DEPENDENCY = {"VersionRequirement", "DependencyType"}
# Known to the classic nucleus, and not to lite.
_CLASSIC_ONLY = {
    "shutdown": "lite never runs it: clean up when the process is told to end",
    "recover": "lite never runs it: recover at the beginning of run",
    "bootstrap": "lite supports it in part: do it in install",
    "Skipif": "lite does not read it: ask within the script",
    "Selections": "lite takes the manifest's own Lifecycle: write it there",
}
_RUNTIMES = {"*", "aws_nucleus_lite"}
_SYSTEMS = {"linux"}
_ARCHITECTURES = {"amd64", "aarch64", "arm", "riscv64", "*"}
_VARIABLES = {
    "artifacts:path",
    "artifacts:decompressedPath",
    "kernel:rootPath",
    "iot:thingName",
    "work:path",
}
_VARIABLE = re.compile(r"(?<!\$)\{([A-Za-z][\w.-]*(?::[\w./-]+)+)\}")
_NAME = re.compile(r"[a-zA-Z0-9_.-]{1,128}")
_VERSION = re.compile(r"(0|[1-9]\d{0,5})(\.(0|[1-9]\d{0,5})){2}")
_REQUIREMENT = re.compile(
    r"(?:[<>=^~]{0,2}\s?\d{1,6}(?:\.\d{1,6}){2})(?:\s(?:[<>=^~]{0,2}\d{1,6}(?:\.\d{1,6}){2}))*"
)
_SIZE = 16_000  # bytes: the service takes no larger recipe


def problems(recipe: Any, artifacts: Collection[str], *, size: int = 0) -> list[str]:
    """Say in one line each what would fail, or be left out in silence, on either nucleus.

    ``artifacts`` are the names of the files that are uploaded with the component, ``size`` is what
    the recipe weighs in bytes. Nothing is said of a recipe that is right.
    """
    return list(_recipe(recipe, frozenset(artifacts), size))


def _recipe(recipe: Any, artifacts: frozenset[str], size: int) -> Iterator[str]:
    if not isinstance(recipe, Mapping):
        yield f"the recipe is {_kind(recipe)}; it is an object"
        return
    if size > _SIZE:
        yield f"the recipe has {size} bytes; the service takes {_SIZE}: make scripts artifacts"
    yield from _keys(recipe, _TOP, "the recipe", required=_REQUIRED)
    if recipe.get("RecipeFormatVersion", "2020-01-25") != "2020-01-25":
        yield f"RecipeFormatVersion is {recipe['RecipeFormatVersion']!r}; there is '2020-01-25'"
    if recipe.get("ComponentType", "aws.greengrass.generic") != "aws.greengrass.generic":
        yield f"ComponentType is {recipe['ComponentType']!r}; lite runs aws.greengrass.generic only"
    yield from _spelled(recipe, "ComponentName", _NAME, "1 to 128 of a-z, A-Z, 0-9, '.', '_', '-'")
    yield from _spelled(recipe, "ComponentVersion", _VERSION, "three numbers of up to 6 digits")
    yield from _configuration(recipe.get("ComponentConfiguration", {}))
    yield from _dependencies(recipe)
    manifests = recipe.get("Manifests", [])
    if not isinstance(manifests, list) or not manifests:
        yield "Manifests is no list with something in it: no device would take the component"
        return
    named: set[str] = set()
    for number, manifest in enumerate(manifests):
        where = f"Manifests[{number}]"
        yield from _manifest(manifest, where, artifacts)
        named |= {_file(one) for one in _artifacts(manifest)}
    for name in sorted(artifacts - named):
        yield f"{name} is uploaded and no manifest names it: take it out, or name it in Artifacts"


def _configuration(configuration: Any) -> Iterator[str]:
    where = "ComponentConfiguration"
    if not isinstance(configuration, Mapping):
        yield f"{where} is {_kind(configuration)}; it is an object"
        return
    yield from _keys(configuration, {"DefaultConfiguration"}, where)
    if found := sorted(set(_VARIABLE.findall(str(configuration.get("DefaultConfiguration", ""))))):
        yield f"{where} has {{{found[0]}}}: lite puts nothing in its place; read it on the device"


def _dependencies(recipe: Json) -> Iterator[str]:
    dependencies = recipe.get("ComponentDependencies", {})
    if not isinstance(dependencies, Mapping):
        yield f"ComponentDependencies is {_kind(dependencies)}; it is an object"
        return
    for name, dependency in dependencies.items():
        where = f"ComponentDependencies.{name}"
        if not _NAME.fullmatch(str(name)):
            yield f"{where}: that is no name of a component"
        if name == recipe.get("ComponentName"):
            yield f"{where}: a component that needs itself is never deployed"
        if not isinstance(dependency, Mapping):
            yield f"{where} is {_kind(dependency)}; it is an object"
            continue
        yield from _keys(dependency, _DEPENDENCY, where, required={"VersionRequirement"})
        yield from _spelled(dependency, "VersionRequirement", _REQUIREMENT, ">=1.0.0 <2.0.0", where)
        kind = dependency.get("DependencyType", "HARD")
        if kind not in {"HARD", "SOFT"}:
            yield f"{where}.DependencyType is {kind!r}; there are 'HARD' and 'SOFT'"


def _manifest(manifest: Any, where: str, artifacts: frozenset[str]) -> Iterator[str]:
    if not isinstance(manifest, Mapping):
        yield f"{where} is {_kind(manifest)}; it is an object"
        return
    yield from _keys(manifest, _MANIFEST, where, required={"Platform", "Lifecycle"})
    yield from _platform(manifest.get("Platform", {}), f"{where}.Platform")
    yield from _lifecycle(manifest, where)
    listed = manifest.get("Artifacts", [])
    if not isinstance(listed, list):
        yield f"{where}.Artifacts is {_kind(listed)}; it is a list"
        return
    for number, artifact in enumerate(listed):
        yield from _artifact(artifact, f"{where}.Artifacts[{number}]", artifacts)


def _platform(platform: Any, where: str) -> Iterator[str]:
    if not isinstance(platform, Mapping):
        yield f"{where} is {_kind(platform)}; it is an object"
        return
    yield from _keys(platform, _PLATFORM, where)
    if "runtime" not in platform:
        yield f'{where} has no runtime: lite passes such a manifest over; write "runtime": "*"'
    elif platform["runtime"] != "*":
        yield f"{where}.runtime is {platform['runtime']!r}: for both nuclei write '*'"
    if platform.get("os") not in _SYSTEMS:
        yield f"{where}.os is {platform.get('os')!r}; lite runs on 'linux'"
    architecture = platform.get("architecture", "*")
    if architecture not in _ARCHITECTURES:
        known = ", ".join(sorted(_ARCHITECTURES))
        yield f"{where}.architecture is {architecture!r}; there are {known}"


def _lifecycle(manifest: Json, where: str) -> Iterator[str]:
    lifecycle = manifest.get("Lifecycle", {})
    if not isinstance(lifecycle, Mapping):
        yield f"{where}.Lifecycle is {_kind(lifecycle)}; it is an object"
        return
    if "Lifecycle" in manifest and not lifecycle:
        yield f"{where}.Lifecycle is empty: lite takes no such manifest; give it an install step"
    yield from _keys(lifecycle, _STEPS, f"{where}.Lifecycle")
    if {"run", "startup"} <= set(lifecycle):
        yield f"{where}.Lifecycle has run and startup: a nucleus runs one of them"
    for name, step in lifecycle.items():
        if name in _STEPS:
            yield from _step(step, f"{where}.Lifecycle.{name}", manifest)


def _step(step: Any, where: str, manifest: Json) -> Iterator[str]:
    if not isinstance(step, Mapping):
        if not isinstance(step, str) or not step.strip():
            yield f"{where} is {_kind(step)}; it is a script, or an object with a Script"
            return
        step = {"Script": step}
    yield from _keys(step, _STEP, where, required={"Script"})
    script = step.get("Script", "x")
    if not isinstance(script, str) or not script.strip():
        yield f"{where}.Script is {_kind(script)}; it is text"
        script = ""
    # Lite took these as text only, up to its 2.2; the classic nucleus takes text, too.
    if step.get("RequiresPrivilege", "false") not in {"true", "false"}:
        yield f'{where}.RequiresPrivilege is {step["RequiresPrivilege"]!r}; write "true" or "false"'
    if not re.fullmatch(
        r"[1-9]\d{0,6}", str(timeout := step.get("Timeout", "1"))
    ) or not isinstance(timeout, str):
        yield f'{where}.Timeout is {timeout!r}; it is whole seconds as text, such as "900"'
    environment = step.get("Setenv", {})
    if not isinstance(environment, Mapping) or not all(
        isinstance(value, str) for value in environment.values()
    ):
        yield f"{where}.Setenv is no object of texts"
        environment = {}
    for text in (script, *map(str, environment.values())):
        yield from _variables(text, where, manifest)


def _variables(text: str, where: str, manifest: Json) -> Iterator[str]:
    for name in _VARIABLE.findall(text):
        if name in _VARIABLES or name.startswith("configuration:/"):
            continue
        yield (
            f"{where} has {{{name}}}, which lite leaves as it is; both know "
            + ", ".join(f"{{{known}}}" for known in sorted(_VARIABLES))
        )
    files = {_file(one) for one in _artifacts(manifest)}
    for name in re.findall(r"\{artifacts:path\}/([\w.-]+)", text):
        if name not in files:
            yield f"{where} uses {{artifacts:path}}/{name}, which Artifacts does not list"
    for name in re.findall(r"\{artifacts:decompressedPath\}/([\w.-]+)", text):
        zipped = {
            _file(one).removesuffix(".zip")
            for one in _artifacts(manifest)
            if one.get("Unarchive") == "ZIP"
        }
        if name not in zipped:
            yield f"{where} uses {{artifacts:decompressedPath}}/{name}: no {name}.zip is unpacked"


def _artifact(artifact: Any, where: str, artifacts: frozenset[str]) -> Iterator[str]:
    if not isinstance(artifact, Mapping):
        yield f"{where} is {_kind(artifact)}; it is an object"
        return
    yield from _keys(artifact, _ARTIFACT, where, required={"Uri"})
    uri = artifact.get("Uri", "s3://")
    if not isinstance(uri, str) or not re.fullmatch(r"s3://[^/.]+/.*[^/]", uri):
        if "Uri" in artifact:
            yield f"{where}.Uri is {uri!r}; it is s3://BUCKET/KEY, the bucket's name without dots"
    elif _file(artifact) not in artifacts:
        yield f"{where}.Uri names {_file(artifact)}, and no such file is uploaded"
    if artifact.get("Unarchive", "NONE") not in {"NONE", "ZIP"}:
        yield f"{where}.Unarchive is {artifact['Unarchive']!r}; there are 'NONE' and 'ZIP'"
    permission = artifact.get("Permission", {})
    if not isinstance(permission, Mapping):
        yield f"{where}.Permission is {_kind(permission)}; it is an object"
        return
    yield from _keys(permission, _PERMISSION, f"{where}.Permission")
    for name, who in permission.items():
        if who not in {"NONE", "OWNER", "ALL"}:
            yield f"{where}.Permission.{name} is {who!r}; there are 'NONE', 'OWNER' and 'ALL'"


def _keys(
    found: Json, allowed: set[str], where: str, *, required: Iterable[str] = ()
) -> Iterator[str]:
    right = {name.lower(): name for name in allowed}
    for name in found:
        if name in allowed:
            continue
        if name in _CLASSIC_ONLY:
            yield f"{where}.{name}: {_CLASSIC_ONLY[name]}"
        elif name.lower() in right:
            yield f"{where}.{name} is spelled {right[name.lower()]}: lite tells keys apart by case"
        else:
            yield f"{where}.{name} is no key; there are {', '.join(sorted(allowed))}"
    spelled = {name.lower() for name in found}
    for name in sorted(required):
        if name.lower() not in spelled:
            yield f"{where} has no {name}"


def _spelled(
    found: Json, key: str, pattern: re.Pattern[str], allowed: str, where: str = ""
) -> Iterator[str]:
    if key in found and not (isinstance(found[key], str) and pattern.fullmatch(found[key])):
        yield f"{f'{where}.' if where else ''}{key} is {found[key]!r}; it is {allowed}"


def _artifacts(manifest: Any) -> list[Json]:
    listed = manifest.get("Artifacts", []) if isinstance(manifest, Mapping) else []
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _file(artifact: Json) -> str:
    return str(artifact.get("Uri", "")).rpartition("/")[2]


def _kind(value: Any) -> str:
    if isinstance(value, dict):
        return "an object"
    return "a list" if isinstance(value, list) else f"{value!r}"
