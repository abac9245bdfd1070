"""Texts of a template as the numbers and flags that the operation of an API takes."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import request_validation, service_models


def fitted(service: str, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Write what a template says as a request. Raises ValueError for what the API refuses."""
    shape = service_models.model(service).operation_model(operation).input_shape
    found: dict[str, Any] = _fitted(shape, given)
    if violations := request_validation.violations(service, operation, found):
        raise ValueError(request_validation.validation_message(violations))
    return found


def _fitted(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure" and isinstance(value, Mapping):
        return {
            name: _fitted(shape.members[name], part) if name in shape.members else part
            for name, part in value.items()
        }
    if shape.type_name == "list" and isinstance(value, list):
        return [_fitted(shape.member, part) for part in value]
    if isinstance(value, str):
        match shape.type_name:
            case "integer" | "long":
                return int(value)
            case "float" | "double":
                return float(value)
            case "boolean":
                return value.lower() == "true"
    return value
