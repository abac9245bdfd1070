"""Other ways of writing the texts of a template that mean the same to CloudFormation."""

from collections.abc import Iterator
from typing import Any

from guardrails.intrinsics import is_intrinsic

KINDS = ("sub", "variable", "join", "map", "select", "split", "condition", "parameter")


class Spelling:
    """Spells each text that is not in the model by a function, and notes what this needs."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self.mappings: dict[str, Any] = {}
        self.parameters: dict[str, Any] = {}

    def spell(self, value: Any, model: Any) -> Any:
        """Return the value with its own texts spelled; functions stay as they are."""
        if isinstance(value, str) and value and value != model:
            return self._spelled(value)
        if isinstance(value, list):
            beside = model if isinstance(model, list) else []
            return [self.spell(v, m) for v, m in _pairs(value, beside)]
        if not isinstance(value, dict) or is_intrinsic(value):
            return value
        models = model if isinstance(model, dict) else {}
        return {name: self.spell(inner, models.get(name)) for name, inner in value.items()}

    def _spelled(self, text: str) -> Any:
        name, half = f"V{len(self.mappings) + len(self.parameters)}", len(text) // 2
        match self._kind:
            case "sub":
                return text if "${" in text else {"Fn::Sub": text}
            case "variable":
                return {"Fn::Sub": ["${V}", {"V": text}]}
            case "join":
                return {"Fn::Join": ["", [text[:half], text[half:]]]}
            case "map":
                self.mappings[name] = text
                return {"Fn::FindInMap": ["Spelled", "As", name]}
            case "select":
                return {"Fn::Select": [1, ["other", text]]}
            case "split":
                return {"Fn::Select": [0, {"Fn::Split": ["|", text]}]}
            case "condition":
                return {"Fn::If": ["Maybe", text, text]}
        self.parameters[name] = {"Type": "String", "Default": text}
        return {"Ref": name}


def _pairs(values: list[Any], models: list[Any]) -> Iterator[tuple[Any, Any]]:
    for index, value in enumerate(values):
        yield value, models[index] if index < len(models) else None


def respelled(template: dict[str, Any], model: dict[str, Any], name: str, kind: str) -> Any:
    """Return a template in which one resource's own texts are spelled in another way."""
    spelling, resource = Spelling(kind), template["Resources"][name]
    properties = spelling.spell(resource["Properties"], model["Resources"][name]["Properties"])
    changed = {**template["Resources"], name: {**resource, "Properties": properties}}
    mappings = {"Spelled": {"As": spelling.mappings}} if spelling.mappings else {}
    return {
        **template,
        "Mappings": {**template.get("Mappings", {}), **mappings},
        "Parameters": {**template.get("Parameters", {}), **spelling.parameters},
        "Resources": changed,
    }
