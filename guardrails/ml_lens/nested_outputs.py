"""What a nested stack gives back: its outputs, spelled as the template around it sees them."""

from collections.abc import Callable, Mapping
from typing import Any

from guardrails.assembly import TemplateFile
from guardrails.intrinsics import UNKNOWN, resolved

OUTPUT = "Outputs."
# Marks a parameter of the nested template until what its parent gives is put in its place.
GIVEN = "given:"
Parameters = Mapping[str, Any]


def with_outputs(
    value: Any, nested: Mapping[str, TemplateFile], given_to: Callable[[str], Parameters]
) -> Any:
    """Put the values of outputs in the places of ``Fn::GetAtt`` of nested stacks.

    A reference to a resource of a nested stack becomes ``Stack/Name``. ``given_to`` returns the
    parameters that a stack gets. What no template of the assembly puts out is unknown.
    """
    if isinstance(value, list):
        return [with_outputs(part, nested, given_to) for part in value]
    match value:
        case {"Fn::GetAtt": [str(stack), str(attribute)]} if attribute.startswith(OUTPUT):
            if stack not in nested:
                return {UNKNOWN: f"an output of {stack}"}
            return _output(nested[stack], attribute.removeprefix(OUTPUT), given_to(stack))
        case {**entries}:
            return {n: with_outputs(part, nested, given_to) for n, part in entries.items()}
    return value


def _output(file: TemplateFile, name: str, given: Parameters) -> Any:
    document = file.document
    marks = {p: {"Ref": f"{GIVEN}{p}"} for p in document.get("Parameters", {})}

    def read(value: Any) -> Any:
        known = resolved(value, marks, document.get("Mappings", {}))
        return with_outputs(known, file.nested, given_to)

    def given_to(stack: str) -> Parameters:
        properties = document["Resources"][stack].get("Properties", {})
        parameters: Parameters = read(properties.get("Parameters") or {})
        return parameters

    written = document.get("Outputs", {}).get(name, {}).get("Value")
    if written is None:
        return {UNKNOWN: f"the output {name} of {file.brought_by}"}
    return resolved(_from_above(read(written), str(file.brought_by), given), {}, {})


def _from_above(value: Any, stack: str, given: Parameters) -> Any:
    if isinstance(value, list):
        return [_from_above(part, stack, given) for part in value]
    match value:
        case {"Ref": str(name)} if name.startswith(GIVEN):
            parameter = name.removeprefix(GIVEN)
            return given.get(parameter, {UNKNOWN: f"the parameter {parameter} of {stack}"})
        case {"Ref": str(name)} if not name.startswith("AWS::"):
            return {"Ref": f"{stack}/{name}"}
        case {"Fn::GetAtt": [str(name), attribute]}:
            return {"Fn::GetAtt": [f"{stack}/{name}", attribute]}
        case {**entries}:
            return {name: _from_above(part, stack, given) for name, part in entries.items()}
    return value
