"""How a definition refers to what only an execution knows. Pure."""

from typing import Any

Value = str | dict[str, Any]
EXECUTION: Value = {"Get": "Execution.PipelineExecutionId"}


def parameter(name: str) -> Value:
    """Refer to a parameter of the execution."""
    return {"Get": f"Parameters.{name}"}


def of_step(step: str, path: str) -> Value:
    """Refer to what a step's job is described by, such as ``ModelArtifacts.S3ModelArtifacts``."""
    return {"Get": f"Steps.{step}.{path}"}


def output_of(step: str, name: str) -> Value:
    """Refer to the place of a processing step's output."""
    return of_step(step, f"ProcessingOutputConfig.Outputs['{name}'].S3Output.S3Uri")


def joined(*parts: Value, by: str = "/") -> Value:
    """Join texts, of which some may be references."""
    return {"Std:Join": {"On": by, "Values": list(parts)}}


def figure(step: str, file: str, path: str) -> Value:
    """Refer to a number of a JSON file that a step has declared."""
    place = {"Get": f"Steps.{step}.PropertyFiles.{file}"}
    return {"Std:JsonGet": {"PropertyFile": place, "Path": path}}
