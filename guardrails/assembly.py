"""Find every template of a synthesized app: of Stages, of nested stacks, inside a StackSet."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from guardrails.intrinsics import UnresolvableError, resolved, text

MANIFEST = "manifest.json"
# Its name until the gate has passed the assembly: no deployment finds it.
UNJUDGED = "manifest.unjudged.json"
NESTED = "AWS::CloudFormation::Stack"
STACK_SET = "AWS::CloudFormation::StackSet"
ASSET_URL = re.compile(
    r"https://s3\.[^/]+\.(<AWS::URLSuffix>|amazonaws\.com(?:\.cn)?)/(?P<object>.+)"
)


@dataclass(frozen=True, eq=False)
class TemplateFile:
    """One template as it was read, and the resource of another one that brings it, if any does."""

    path: Path
    parent: "TemplateFile | None" = None
    brought_by: str | None = None

    @cached_property
    def document(self) -> dict[str, Any]:
        """The template as it stands in the file."""
        document: dict[str, Any] = json.loads(self.path.read_text("utf-8"))
        return document

    @cached_property
    def nested(self) -> Mapping[str, "TemplateFile"]:
        """The nested templates of this assembly by the logical id of their stack."""
        stacks = {
            name: resource.get("Properties", {}).get("TemplateURL")
            for name, resource in self.document.get("Resources", {}).items()
            if resource.get("Type") == NESTED
        }
        objects = self._uploads() if stacks else {}
        found = {name: objects.get(_uploaded(url)) for name, url in stacks.items()}
        return {n: TemplateFile(path, self, n) for n, path in found.items() if path}

    def tree(self) -> Iterator["TemplateFile"]:
        """Yield this template and all that it nests, however deep."""
        yield self
        for inner in self.nested.values():
            yield from inner.tree()

    def bodies(self) -> Iterator[tuple[str, str]]:
        """Yield the StackSets that bring a template as a text, by logical id."""
        for name, resource in self.document.get("Resources", {}).items():
            body = resource.get("Properties", {}).get("TemplateBody")
            if resource.get("Type") == STACK_SET and _is_template(body):
                yield name, body

    def top(self) -> "TemplateFile":
        """Return the template of the whole stack."""
        return self.parent.top() if self.parent else self

    def _uploads(self) -> Mapping[str, Path]:
        """Map ``bucket/key`` to each template that the stack's deployment uploads there."""
        top = self.top().path
        manifest = top.with_name(top.name.removesuffix(".template.json") + ".assets.json")
        files = json.loads(manifest.read_text("utf-8"))["files"] if manifest.exists() else {}
        return {
            re.sub(r"\$\{([^}]+)\}", r"<\1>", f"{place['bucketName']}/{place['objectKey']}"): path
            for file in files.values()
            if (path := top.with_name(str(file.get("source", {}).get("path")))).name.endswith(
                ".nested.template.json"
            )
            and path.exists()
            for place in file.get("destinations", {}).values()
        }


def _is_template(body: Any) -> bool:
    try:
        return isinstance(json.loads(body)["Resources"], dict)
    except (KeyError, TypeError, ValueError):
        return False


def _uploaded(url: Any) -> str:
    try:
        spelled = ASSET_URL.fullmatch(text(resolved(url, {}, {})))
    except UnresolvableError:
        return ""
    return spelled["object"] if spelled else ""


def all_templates(outdir: Path) -> Iterator[TemplateFile]:
    """Yield every template that the assembly's manifest leads to."""
    for directory, artifact in _stacks(outdir):
        yield from TemplateFile(directory / artifact["properties"]["templateFile"]).tree()


def make_undeployable(outdir: Path) -> None:
    """Remove what tells a deployment that there is something to deploy; the report stays."""
    for pattern in (MANIFEST, UNJUDGED, "*.template.json", "*.assets.json"):
        for path in outdir.rglob(pattern):
            path.unlink()


def set_aside(outdir: Path) -> None:
    """Rename the manifests, that of the whole first: a process that is killed leaves nothing."""
    for directory in [outdir, *_assemblies(outdir)]:
        if (directory / MANIFEST).exists():
            (directory / MANIFEST).replace(directory / UNJUDGED)


def release(outdir: Path) -> None:
    """Undo ``set_aside``, that of the whole assembly last."""
    for directory in reversed([outdir, *_assemblies(outdir)]):
        if (directory / UNJUDGED).exists():
            (directory / UNJUDGED).replace(directory / MANIFEST)


def is_assembly(directory: Path) -> bool:
    """Tell whether there is a manifest, judged or not."""
    return any((directory / name).exists() for name in (MANIFEST, UNJUDGED))


def metadata(outdir: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (construct path, entry) for whatever CDK noted about the constructs of all stacks."""
    for directory, artifact in _stacks(outdir):
        notes = dict(artifact.get("metadata") or {})
        if name := artifact.get("additionalMetadataFile"):
            notes |= json.loads((directory / name).read_text("utf-8"))
        for path, entries in notes.items():
            yield from ((path.removeprefix("/"), entry) for entry in entries)


def _stacks(outdir: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for directory in (outdir, *_assemblies(outdir)):
        for artifact in _artifacts(directory):
            if artifact["type"] == "aws:cloudformation:stack":
                yield directory, artifact


def _assemblies(outdir: Path) -> list[Path]:
    """Return the folders of the assemblies that stand inside of one, as of Stages."""
    inner = [
        outdir / artifact["properties"]["directoryName"]
        for artifact in _artifacts(outdir)
        if artifact["type"] == "cdk:cloud-assembly"
    ]
    return [*inner, *(deeper for directory in inner for deeper in _assemblies(directory))]


def _artifacts(directory: Path) -> list[dict[str, Any]]:
    path = next(p for p in (directory / MANIFEST, directory / UNJUDGED) if p.exists())
    return list(json.loads(path.read_text("utf-8")).get("artifacts", {}).values())
