"""EDG1: a component on a device runs without root, from what was deployed, and says what it may."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import UnresolvableError, leaves, text
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.own_code import FETCHED
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.template import Resource, Template

COMPONENT = "AWS::GreengrassV2::ComponentVersion"


def check(_template: Template, component: Resource) -> Iterator[Finding]:
    """Yield root, scripts that fetch what they run, and access to all that is said on a device."""
    if component.at("LambdaFunction"):
        return
    where = "Properties.InlineRecipe"
    for path, value in leaves(_told(_recipe(component))):
        name = path.rpartition(".")[2]
        if name.lower() == "requiresprivilege" and str(value).lower() != "false":
            yield Finding(component.logical_id, where, f"{path} is {value}: it runs as root")
        elif ".accessControl." in f".{path}." and value in ("*", "#"):
            detail = f"{path} is {value}: name topics, queues and shadows"
            yield Finding(component.logical_id, where, detail)
        elif isinstance(value, str) and FETCHED.search(value):
            yield Finding(component.logical_id, where, f"{path} runs what it fetches")


def _recipe(component: Resource) -> Mapping[str, Any]:
    try:
        written = json.loads(text(component.at("InlineRecipe") or ""))
    except ValueError:
        raise UnresolvableError("InlineRecipe is no JSON that stands in the template") from None
    return written if isinstance(written, Mapping) else {}


def _told(value: Any) -> Any:
    """Turn truth into a text, which ``leaves`` yields."""
    if isinstance(value, list):
        return [_told(part) for part in value]
    if isinstance(value, Mapping):
        return {name: _told(part) for name, part in value.items()}
    return str(value).lower() if isinstance(value, bool) else value


def _written(**lifecycle: Any) -> str:
    return json.dumps({"ComponentName": "birds", "Manifests": [{"Lifecycle": lifecycle}]})


RULE = Rule(
    id="MlLens-EDG1",
    practice="MLSEC04-BP01",
    message="a component must run without root, and only what was deployed",
    fix="leave RequiresPrivilege out, bring files as artifacts, name what it may talk to",
    check=per_resource((COMPONENT,), check),
    types=(COMPONENT,),
    compliant=one(COMPONENT, InlineRecipe=_written(Run="python3 main.py")),
    violating=one(
        COMPONENT,
        InlineRecipe=_written(Run={"Script": "python3 main.py", "RequiresPrivilege": True}),
    ),
)
