"""Find every template of a synthesized app: Stages' and nested stacks' included."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NESTED = "AWS::CloudFormation::Stack"


def nested_templates(template: Path) -> list[Path]:
    """Return the nested templates of one stack, however deep, from its list of assets.

    The list is read instead of the directory, which may hold templates of an earlier synthesis.
    Raises ``ValueError`` where a nested stack has no template that can be read here.
    """
    manifest = template.with_name(template.name.removesuffix(".template.json") + ".assets.json")
    files = json.loads(manifest.read_text("utf-8"))["files"] if manifest.exists() else {}
    sources = {str(file.get("source", {}).get("path", "")) for file in files.values()}
    found = sorted(template.with_name(s) for s in sources if s.endswith(".nested.template.json"))
    wanted = sum(
        resource.get("Type") == NESTED
        for path in (template, *found)
        for resource in json.loads(path.read_text("utf-8")).get("Resources", {}).values()
    )
    if wanted > len(found):
        raise ValueError(
            f"{template.name}: {wanted} nested stacks but {len(found)} templates: a nested stack"
            " whose template lies elsewhere cannot be checked; define it with cdk.NestedStack"
        )
    return found


def all_templates(outdir: Path) -> Iterator[Path]:
    """Yield every template that the assembly's manifest leads to."""
    for directory, artifact in _stacks(outdir):
        top = directory / artifact["properties"]["templateFile"]
        yield top
        yield from nested_templates(top)


def metadata(outdir: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield (construct path, entry) for whatever CDK noted about the constructs of all stacks."""
    for directory, artifact in _stacks(outdir):
        notes = dict(artifact.get("metadata") or {})
        if name := artifact.get("additionalMetadataFile"):
            notes |= json.loads((directory / name).read_text("utf-8"))
        for path, entries in notes.items():
            yield from ((path.removeprefix("/"), entry) for entry in entries)


def _stacks(outdir: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    manifest = json.loads((outdir / "manifest.json").read_text("utf-8"))
    for artifact in manifest.get("artifacts", {}).values():
        if artifact["type"] == "aws:cloudformation:stack":
            yield outdir, artifact
        elif artifact["type"] == "cdk:cloud-assembly":
            yield from _stacks(outdir / artifact["properties"]["directoryName"])
