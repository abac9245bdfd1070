"""SEC1: no secret stands in a template, nor in anything that shows what a template holds."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from guardrails.intrinsics import leaves, possible, reference
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule
from guardrails.ml_lens.template import Resource, Template

NAMED = re.compile(
    r"((password|secret|token)[_-]?(value|text)|password|passwd|pwd|pass(phrase|code)|(^|[_-]|db)pass|secret|credentials?"
    r"|api[_-]?key([_-]?value)?|(access|private|signing|hmac|session)[_-]?key|connection[_-]?string"
    r"|[a-z0-9]+[_-]token|(auth|access|bearer|refresh|api|oauth|bot)token|^token)s?$",
    re.IGNORECASE,
)
# They end like a secret and are none: a setting about secrets, or where one lies.
NO_SECRET = re.compile(
    r"manage.*password|kms.*key|generate.*|.*(arn|id|name|policy|path|prefix|length)$",
    re.IGNORECASE,
)
# Nothing, a reference to deploy, an ARN, an expression of a state machine.
NO_LITERAL = re.compile(r"^\s*$|\{\{resolve:(secretsmanager|ssm-secure):|arn:|^\{%|^\$[.$\[]")
# The branches of a condition count as the value itself; its name is none.
CONDITION = re.compile(r"Fn::(If|Parameter)\.0$")
BRANCH = re.compile(r"\.Fn::Unknown\.Fn::(If\.[12]|Parameter\.1)")
KEY = "a secret key of AWS"
VALUES: Mapping[str, re.Pattern[str]] = {
    "an access key of AWS": re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b"),
    KEY: re.compile(r"^(?=.*[a-z])(?=.*[A-Z])(?=.*[0-9])(?=.*[/+g-zG-Z])[A-Za-z0-9/+]{40}$"),
    "a secret key of AWS by its name": re.compile(
        r"secret_?access_?key\W{1,4}[A-Za-z0-9/+]{40}\b", re.IGNORECASE
    ),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a token": re.compile(
        r"\b(gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}|xox[abprs]-[\w-]{10,}"
        r"|sk_live_\w{16,}|sk-(proj|ant)-[\w-]{20,}|sk-[A-Za-z0-9]{40,}"
        r"|hooks\.slack\.com/services/T\w+/B\w+/\w+|AIza[\w-]{30,}|hf_[A-Za-z0-9]{30,}|eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+)"
    ),
    "a password": re.compile(
        r"(\b|_)(password|passwd|pwd|secret|api[_-]?key|token)[\"']?\s*[=:]\s*[\"']?[^\s\"'{}$<>,&]{4,}"
        r"|://[^/\s:@{}<>]+:[^/\s:@{}<>]+@",
        re.IGNORECASE,
    ),
}
# Code and definitions have such words as names of their own.
NO_TEXT_OF_DATA = ("PolicyDocument", "ZipFile", "DashboardBody")
# Functions and outputs show in the clear what they resolve.
SHOWN = (
    *("AWS::Lambda::Function", "AWS::ECS::TaskDefinition", "AWS::CodeBuild::Project"),
    *("AWS::Batch::JobDefinition", "AWS::SSM::Parameter", "AWS::Glue::Job", "AWS::EC2::Instance"),
    *("AWS::SageMaker::Model", "AWS::StepFunctions::StateMachine", "AWS::AppRunner::Service"),
)
SECRET, PARAMETER = "AWS::SecretsManager::Secret", "AWS::SSM::Parameter"
SECRET_ATTRIBUTES = ("SecretAccessKey", "SecretString")


def check(template: Template) -> Iterator[Finding]:
    """Yield secrets in resources, outputs and the defaults of parameters."""
    for resource in template.resources.values():
        for path, why in _secrets(resource.leaves):
            yield Finding(resource.logical_id, f"Properties.{path}", why)
        if (written := _written(resource)) is not None:
            yield Finding(resource.logical_id, f"Properties.{written}", "is written in the clear")
        for path, name in _pairs(resource.properties, "Properties"):
            yield Finding(resource.logical_id, path, f"writes {name} in the clear")
        if resource.type in SHOWN:
            raw = template.document["Resources"][resource.logical_id].get("Properties", {})
            for path, why in (*_shown(resource.properties), *_hidden(template, raw)):
                yield Finding(resource.logical_id, f"Properties.{path}", why)
    for name, output in template.document.get("Outputs", {}).items():
        value = template.resolve(output.get("Value"))
        shown = (*_shown({name: value}), *_hidden(template, output))
        for _, why in (*_secrets(leaves({name: value})), *shown):
            yield Finding(None, f"Outputs.{name}", why)
    for name, parameter in template.document.get("Parameters", {}).items():
        default = parameter.get("Default")
        hidden = parameter.get("NoEcho") in (True, "true")
        if default and (hidden or any(_secrets(leaves({name: default})))):
            yield Finding(None, f"Parameters.{name}", "a default is a secret that all can read")
        if _is_named(name) and not hidden:
            yield Finding(None, f"Parameters.{name}", "shows a secret: it is not NoEcho")


def _secrets(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for path, leaf in found:
        steps = BRANCH.sub("", path).split(".")
        if CONDITION.search(path) or {"Ref", "Fn::GetAtt"} & set(
            steps
        ):  # the name of a resource may be as long as a key
            continue
        name = next((step for step in reversed(steps) if not step.isdigit()), "")
        functions = {step for step in steps if step.startswith("Fn::")} - {"Fn::Base64"}
        if functions or any(step in NO_TEXT_OF_DATA for step in steps):
            wanted = {k: v for k, v in VALUES.items() if k != "a password"}
        else:
            wanted = dict(VALUES)
            if _is_named(name) and not NO_LITERAL.search(leaf):
                yield path, "is written in the clear"
                continue
        for what, pattern in wanted.items():
            # A name that CDK makes may be as long and as odd as a key.
            if pattern.search(leaf) and not (what == KEY and NO_SECRET.fullmatch(name)):
                yield path, f"holds {what}"


def _written(resource: Resource) -> str | None:
    """Tell which property is a secret by what the resource is, if it is a literal."""
    if resource.type == SECRET and any(_literals(resource.properties.get("SecretString"))):
        return "SecretString"
    name, value = resource.properties.get("Name"), resource.properties.get("Value")
    named = resource.type == PARAMETER and any(map(_is_named, _literals(name)))
    return "Value" if named and any("arn:" not in text for text in _literals(value)) else None


def _literals(value: Any) -> Iterator[str]:
    return (one for one in possible(value) if isinstance(one, str))


def _pairs(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the variables that are written as a name beside a value, as in ECS and CodeBuild."""
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _pairs(inner, f"{path}.{index}")
    elif isinstance(value, Mapping):
        name, written = value.get("Name"), value.get("Value")
        plain_text = value.get("Type", "PLAINTEXT") == "PLAINTEXT"
        named = next(filter(_is_named, _literals(name)), None)
        if named and any(_literals(written)) and plain_text:
            yield path, named
        for key, inner in value.items():
            yield from _pairs(inner, f"{path}.{key}")


def _hidden(template: Template, value: Any) -> Iterator[tuple[str, str]]:
    """Yield the parameters that something shows: those with NoEcho, and those named a secret."""
    parameters = template.document.get("Parameters", {})
    secret = {n for n, body in parameters.items() if str(body.get("NoEcho", "")).lower() == "true"}
    for path, leaf in leaves(value):
        named = {leaf} if path.endswith("Ref") else set(re.findall(r"\$\{(\w+)\}", leaf))
        steps = [s for s in path.split(".") if not s.isdigit() and s != "Ref" and s[:4] != "Fn::"]
        asked = parameters.keys() if steps and _is_named(steps[-1]) else secret
        yield from ((path, f"shows the parameter {name}") for name in sorted(named & set(asked)))


def _is_named(name: str) -> bool:
    return bool(NAMED.search(name)) and not NO_SECRET.fullmatch(name)


def _shown(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _shown(inner, f"{path}.{index}")
    elif isinstance(value, Mapping):
        attribute = value.get("Fn::GetAtt")
        if reference(value) and isinstance(attribute, list) and attribute[1] in SECRET_ATTRIBUTES:
            yield path.lstrip("."), f"shows {attribute[1]} of {attribute[0]}"
        for name, inner in value.items():
            yield from _shown(inner, f"{path}.{name}")
    elif isinstance(value, str) and re.search(r"\{\{resolve:(secretsmanager|ssm-secure):", value):
        yield path.lstrip("."), "shows a secret that the deployment puts there"


RULE = Rule(
    id="MlLens-SEC1",
    practice="MLSEC03-BP02",
    message="no secret may be written in the clear",
    fix="keep it in Secrets Manager, pass its ARN, and read it at run time",
    check=check,
    types=("AWS::SSM::Parameter", "AWS::Events::Connection", "AWS::Glue::Connection"),
    compliant=one("AWS::Glue::Connection", ConnectionProperties={"SECRET_ID": "lake/warehouse"}),
    violating=one("AWS::Glue::Connection", ConnectionProperties={"PASSWORD": "an-example"}),
)
