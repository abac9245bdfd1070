"""COD1: what runs was put into this account by its people, and is not fetched at the start."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import Any

from guardrails.intrinsics import is_intrinsic, leaves, possible
from guardrails.ml_lens.examples import one
from guardrails.ml_lens.rule import Finding, Rule, per_resource
from guardrails.ml_lens.settings import values
from guardrails.ml_lens.template import Resource, Template

JOB, HOST = "AWS::Glue::Job", "AWS::EC2::Instance"
FUNCTION = "AWS::Lambda::Function"
FETCHED = re.compile(
    r"\b(curl|wget)\b[^|;\n]*(\||;|&&|\n)\s*(sudo\s+)?(ba|z)?sh\b|\bhttp://(?!169\.)"
)
IMAGE = re.compile(r".*(\.dkr\.ecr(-fips)?\.|<).*")
SCRIPT = re.compile(r"s3://.*|<.*")
MODULES = re.compile(r"(?!.*(?<!\bs3)://(?!<)).*")
# A container of AWS lies in an account of AWS; which one is for the setting of the team to say.
PATHS: Mapping[str, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "AWS::SageMaker::Model": (
        ("PrimaryContainer?.Image?", IMAGE),
        ("Containers[].Image?", IMAGE),
        ("PrimaryContainer?.ModelDataUrl?", SCRIPT),
        ("Containers[].ModelDataUrl?", SCRIPT),
    ),
    "AWS::SageMaker::ProcessingJob": (("AppSpecification.ImageUri?", IMAGE),),
    JOB: (
        ("Command.ScriptLocation?", SCRIPT),
        ("DefaultArguments?.--additional-python-modules?", MODULES),
        ("DefaultArguments?.--extra-py-files?", SCRIPT),
        ("DefaultArguments?.--extra-jars?", SCRIPT),
    ),
    FUNCTION: (("Code?.ImageUri?", re.compile(r"(<AWS::AccountId>\.dkr\.ecr\.|<(?!AWS)).*")),),
}
SCRIPTS: Mapping[str, str] = {
    HOST: "UserData?",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateData.UserData?",
    "AWS::AutoScaling::LaunchConfiguration": "UserData?",
}


def check(_template: Template, resource: Resource) -> Iterator[Finding]:
    """Yield images, scripts and packages from elsewhere; what only a deployment knows is let be."""
    for path, right in PATHS.get(resource.type, ()):
        for where, spelled in _texts(resource, path):
            if spelled and not right.fullmatch(spelled):
                detail = f"is {spelled}, which is not of this account"
                yield Finding(resource.logical_id, f"Properties.{where}", detail)
    if resource.type in SCRIPTS:
        for where, value in values(resource.properties, SCRIPTS[resource.type]):
            for script in _scripts(value):
                if found := FETCHED.search(script):
                    detail = f"runs what it fetches: {' '.join(found[0].split())}"
                    yield Finding(resource.logical_id, f"Properties.{where}", detail)


def _texts(resource: Resource, path: str) -> Iterator[tuple[str, str]]:
    for where, value in values(resource.properties, path):
        yield from ((where, _spelled(one)) for one in possible(value))


def _spelled(value: Any) -> str:
    if not is_intrinsic(value):
        return str(value)
    parts = [
        f"<{leaf}>" if path.endswith("Ref") or "Fn::GetAtt" in path else leaf
        for path, leaf in leaves(value)
        if "Fn::Unknown" not in path
    ]
    return "".join(parts) if "Fn::Join" in value else ""


def _scripts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        try:
            yield base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            yield value
        return
    yield "".join(leaf for _, leaf in leaves(value))


RULE = Rule(
    id="MlLens-COD1",
    practice="MLOPS04-BP02",
    message="what runs must come from this account",
    fix="copy images to a repository, scripts and packages to a bucket, of your own",
    check=per_resource((*PATHS, *SCRIPTS), check),
    types=(*PATHS, *SCRIPTS),
    compliant=one(JOB, Command={"Name": "glueetl", "ScriptLocation": "s3://jobs/clean.py"}),
    violating=one(JOB, Command={"Name": "glueetl", "ScriptLocation": "https://x.example/clean.py"}),
)
