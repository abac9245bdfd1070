"""A pipeline's definition: read and checked as a whole before anything of it runs."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from sandbox.core import service_models
from sandbox.services.sagemaker.operations import invalid
from sandbox.services.sagemaker.pipelines import conditions
from sandbox.services.sagemaker.pipelines.values import is_function, references

# https://aws-sagemaker-mlops.github.io/sagemaker-model-building-pipeline-definition-JSON-schema/
VERSION = "2020-12-01"
# Type of a step -> what its arguments are the request of, and the name that is given to it.
CALLS: Mapping[str, tuple[str, str]] = {
    "Training": ("CreateTrainingJob", "TrainingJobName"),
    "Processing": ("CreateProcessingJob", "ProcessingJobName"),
    "Tuning": ("CreateHyperParameterTuningJob", "HyperParameterTuningJobName"),
    "Transform": ("CreateTransformJob", "TransformJobName"),
    "Model": ("CreateModel", "ModelName"),
    "RegisterModel": ("CreateModelPackage", ""),
}
_TYPES = (*CALLS, "Condition", "Fail")
_NAME = re.compile(r"[A-Za-z0-9\-_]{1,64}")
_PARAMETERS: Mapping[str, type | tuple[type, ...]] = {
    "String": str,
    "Integer": int,
    "Float": (int, float),
    "Boolean": bool,
}
_TOP = ("Version", "Metadata", "Parameters", "PipelineExperimentConfig", "Steps")
_STEP = (
    *("Name", "Type", "Arguments", "DependsOn", "PropertyFiles", "CacheConfig", "RetryPolicies"),
    *("DisplayName", "Description"),
)
_RETRIED = (
    *("Step.SERVICE_FAULT", "Step.THROTTLING", "SageMaker.JOB_INTERNAL_ERROR"),
    *("SageMaker.CAPACITY_ERROR", "SageMaker.RESOURCE_LIMIT"),
)
_EXECUTION = (
    *("PipelineName", "PipelineArn", "PipelineExecutionId", "PipelineExecutionArn"),
    *("StartDateTime", "CurrentDateTime"),
)


@dataclass(frozen=True)
class Step:
    """A step; ``branch`` is the condition that it is under, and the outcome that it needs."""

    name: str
    kind: str
    given: Mapping[str, Any]
    branch: tuple[str, bool] | None = None
    after: frozenset[str] = frozenset()

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What it is asked to do, with references to what comes before it."""
        found: Mapping[str, Any] = self.given.get("Arguments") or {}
        return found


@dataclass(frozen=True)
class Definition:
    """A definition that can be carried out."""

    text: str
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)


def parsed(text: str) -> Definition:
    """Read a definition; raises ServiceError that names what is wrong with it, and where."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise _wrong(f"it is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise _wrong("it is not an object")
    _require_known("it", document, _TOP)
    if document.get("PipelineExperimentConfig"):
        raise _wrong("the sandbox keeps no experiments; PipelineExperimentConfig may be null")
    if document.get("Version") != VERSION:
        raise _wrong(f"Version is {document.get('Version')!r}; allowed: {VERSION}")
    if not isinstance(document.get("Steps"), list) or not document["Steps"]:
        raise _wrong("Steps is missing or empty")
    parameters = _parameters(document.get("Parameters") or [])
    found = list(_flat(document["Steps"], None))
    names = [step.name for step in found]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise _wrong(f"the name of a step has to be unique: {', '.join(twice)}")
    steps = {step.name: step for step in found}
    linked = {name: _linked(step, steps, parameters) for name, step in steps.items()}
    try:
        TopologicalSorter({name: step.after for name, step in linked.items()}).prepare()
    except CycleError as error:
        raise _wrong(f"steps depend on one another in a circle: {error.args[1]}") from error
    return Definition(text, parameters, linked)


def filled(definition: Definition, given: list[Mapping[str, str]]) -> dict[str, Any]:
    """Give each parameter its value; raises ServiceError for one that does not fit."""
    asked = {each["Name"]: each["Value"] for each in given}
    if unknown := sorted(set(asked) - set(definition.parameters)):
        raise invalid(
            f"Parameters [{', '.join(unknown)}] are not defined in the pipeline definition."
        )
    values: dict[str, Any] = {}
    for name, parameter in definition.parameters.items():
        if name in asked:
            values[name] = _converted(name, parameter["Type"], asked[name])
        elif "DefaultValue" in parameter:
            values[name] = parameter["DefaultValue"]
        else:
            raise invalid(f"Parameter [{name}] has no default value, and none was given.")
        allowed = parameter.get("EnumValues")
        if allowed and values[name] not in allowed:
            raise invalid(f"Parameter [{name}] is {values[name]!r}; allowed: {allowed}")
    return values


def _converted(name: str, kind: str, text: str) -> Any:
    try:
        if kind == "Integer":
            return int(text)
        if kind == "Float":
            return float(text)
        if kind == "Boolean":
            return {"true": True, "false": False}[text.lower()]
    except (ValueError, KeyError) as error:
        raise invalid(f"Parameter [{name}] is {text!r}, which is no {kind}") from error
    return text


def _parameters(given: list[Any]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for parameter in given:
        name, kind = parameter.get("Name"), parameter.get("Type")
        _require_known(
            f"parameter {name}", parameter, ("Name", "Type", "DefaultValue", "EnumValues")
        )
        if kind not in _PARAMETERS:
            raise _wrong(f"parameter {name} is of Type {kind}; allowed: {', '.join(_PARAMETERS)}")
        if name in found:
            raise _wrong(f"the name of a parameter has to be unique: {name}")
        default = parameter.get("DefaultValue")
        fits = isinstance(default, _PARAMETERS[kind])
        if default is not None and (not fits or (kind != "Boolean" and isinstance(default, bool))):
            raise _wrong(f"DefaultValue of parameter {name} is {default!r}, which is no {kind}")
        found[name] = parameter
    return found


def _flat(steps: list[Any], branch: tuple[str, bool] | None) -> Iterator[Step]:
    for given in steps:
        name, kind = given.get("Name"), given.get("Type")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise _wrong(f"the Name of a step is {name!r}; allowed: {_NAME.pattern}")
        if kind not in _TYPES:
            raise _wrong(
                f"step {name} is of Type {kind}; the sandbox carries out {', '.join(_TYPES)}"
            )
        _require_known(f"step {name}", given, _STEP)
        _check(name, kind, given)
        yield Step(name, kind, given, branch)
        if kind == "Condition":
            arguments = given["Arguments"]
            yield from _flat(arguments.get("IfSteps") or [], (name, True))
            yield from _flat(arguments.get("ElseSteps") or [], (name, False))


def _check(name: str, kind: str, given: Mapping[str, Any]) -> None:
    arguments = given.get("Arguments")
    if not isinstance(arguments, dict):
        raise _wrong(f"step {name} has no Arguments")
    for policy in given.get("RetryPolicies") or []:
        if unknown := sorted({*policy.get("ExceptionType", [])} - {*_RETRIED}):
            raise _wrong(
                f"step {name} tries again after {', '.join(unknown)}; allowed: "
                f"{', '.join(_RETRIED)}"
            )
        if ("MaxAttempts" in policy) == ("ExpireAfterMin" in policy):
            raise _wrong(f"step {name} tries again by MaxAttempts or by ExpireAfterMin, by one")
    if kind == "Fail":
        _require_known(f"step {name}", arguments, ("ErrorMessage",))
    elif kind == "Condition":
        _require_known(f"step {name}", arguments, ("Conditions", "IfSteps", "ElseSteps"))
        for condition in arguments.get("Conditions") or [{}]:
            if why := conditions.refusal(condition):
                raise _wrong(f"step {name}: {why}")
    else:
        operation, own = CALLS[kind]
        shape = service_models.model("sagemaker").operation_model(operation).input_shape
        if own in arguments:
            raise _wrong(f"step {name}: {own} is given by the pipeline; leave it out")
        if unknown := sorted(_unknown(shape, arguments, "")):
            raise _wrong(f"step {name}: {operation} has no {', '.join(unknown)}")
        if lacking := sorted({*shape.required_members} - {*arguments} - {own, "ClientToken"}):
            raise _wrong(f"step {name}: {operation} needs {', '.join(lacking)}")


def _unknown(shape: Any, value: Any, path: str) -> Iterator[str]:
    """List the members of a request that AWS's model has not."""
    if is_function(value):
        return
    if shape.type_name == "structure" and isinstance(value, dict):
        for name, inner in value.items():
            if name not in shape.members:
                yield f"{path}{name}"
            else:
                yield from _unknown(shape.members[name], inner, f"{path}{name}.")
    elif shape.type_name == "list" and isinstance(value, list):
        for inner in value:
            yield from _unknown(shape.member, inner, path)


def _linked(
    step: Step, steps: Mapping[str, Step], parameters: Mapping[str, Mapping[str, Any]]
) -> Step:
    """Find what a step comes after: what it names, what it refers to, the condition above it."""
    after = set[str](step.given.get("DependsOn") or [])
    arguments = dict(step.arguments)
    if step.kind == "Condition":
        arguments = {"Conditions": arguments.get("Conditions")}
    for reference in references(arguments):
        place, _, rest = reference.partition(".")
        if place == "Parameters" and rest not in parameters:
            raise _wrong(f"step {step.name} refers to the parameter {rest}, which is not there")
        if place == "Execution" and rest not in _EXECUTION:
            raise _wrong(
                f"step {step.name} refers to {reference}; allowed: {', '.join(_EXECUTION)}"
            )
        if place == "Steps":
            after.add(re.split(r"[.\[]", rest, maxsplit=1)[0])
        elif place not in ("Parameters", "Execution"):
            raise _wrong(f"step {step.name} refers to {reference}, which is of no known place")
    if unknown := sorted(after - set(steps)):
        raise _wrong(f"step {step.name} depends on {', '.join(unknown)}, which is not there")
    # Who comes after a condition comes after all that it leads to.
    for name in sorted(after):
        after |= {each.name for each in steps.values() if _is_under(each, name, steps)}
    if step.branch:
        after.add(step.branch[0])
    return Step(step.name, step.kind, step.given, step.branch, frozenset(after - {step.name}))


def _is_under(step: Step, condition: str, steps: Mapping[str, Step]) -> bool:
    while step.branch:
        if step.branch[0] == condition:
            return True
        step = steps[step.branch[0]]
    return False


def _require_known(what: str, given: Any, known: tuple[str, ...]) -> None:
    if not isinstance(given, dict):
        raise _wrong(f"{what} is not an object")
    if unknown := sorted({*given} - {*known}):
        raise _wrong(f"{what} has {', '.join(unknown)}; allowed: {', '.join(known)}")


def _wrong(why: str) -> Exception:
    return invalid(f"Unable to parse pipeline definition: {why}")
