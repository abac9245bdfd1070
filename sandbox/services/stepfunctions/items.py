"""The items of a Map: from its input, or out of S3, and what each iteration gets of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.services.stepfunctions import engine, fields
from sandbox.services.stepfunctions.expressions import is_expression
from sandbox.services.stepfunctions.failures import RUNTIME, StateError
from sandbox.services.stepfunctions.flows import Visit
from sandbox.services.stepfunctions.resources import integration
from sandbox.services.stepfunctions.upstream import stepfunctions

UNREADABLE = "States.ItemReaderFailed"


@dataclass(frozen=True)
class Item:
    """One item; ``key`` is its name when the items are the members of an object."""

    index: int
    value: Any
    key: str | None = None

    @property
    def context(self) -> Mapping[str, Any]:
        """What the context object says of the item."""
        key = {} if self.key is None else {"Key": self.key}
        return {"Index": self.index, "Value": self.value, **key}


def items_of(visit: Visit) -> list[Item]:
    """Take the items out of the state's input."""
    if visit.is_jsonata:
        found = fields.value(visit, "Items") if "Items" in visit.state else visit.given
    else:
        found = stepfunctions._resolve_path_or_ctx(
            visit.state.get("ItemsPath", "$"), fields.selected(visit), visit.context()
        )
    if isinstance(found, dict) and visit.is_jsonata:
        return [Item(n, value, key) for n, (key, value) in enumerate(found.items())]
    if not isinstance(found, list):
        raise fields.mistyped(visit, "Items" if visit.is_jsonata else "ItemsPath", "array", found)
    return [Item(n, value) for n, value in enumerate(found)]


def shaped(visit: Visit, item: Item) -> Any:
    """Compose the input of one iteration."""
    template = visit.state.get("ItemSelector")
    if template is None:
        template = visit.state.get("Parameters")
    if template is None:
        return item.value
    if visit.is_jsonata:
        return visit.evaluate(template, "ItemSelector", context=visit.context(item.context))
    return fields.parameters(visit, template, fields.selected(visit), item.context)


async def read(visit: Visit) -> list[Item]:
    """Read the items that the state's ItemReader names, as the machine's role.

    Raises `StateError` States.ItemReaderFailed.
    """
    reader = visit.state["ItemReader"]
    given, config = settings(visit, reader), _config(visit, reader)
    listing = reader["Resource"].endswith(":listObjectsV2")
    try:
        found = await (_listed(given) if listing else _contents(given, config))
    except stepfunctions._ExecutionError as error:
        raise StateError(
            UNREADABLE, f"Attempting to read from {given} failed. {error.cause}"
        ) from error
    if config.get("MaxItems"):
        found = found[: int(config["MaxItems"])]
    return [Item(n, value) for n, value in enumerate(found)]


def settings(visit: Visit, holder: Mapping[str, Any]) -> Any:
    """Compose the arguments of a reader or a writer."""
    if visit.is_jsonata:
        return visit.evaluate(holder.get("Arguments") or {}, "Arguments")
    return fields.parameters(visit, holder.get("Parameters") or {}, fields.selected(visit))


def _config(visit: Visit, reader: Mapping[str, Any]) -> dict[str, Any]:
    config = dict(reader.get("ReaderConfig") or {})
    if is_expression(config.get("MaxItems")):
        config["MaxItems"] = visit.evaluate(config["MaxItems"], "MaxItems")
    if path := config.pop("MaxItemsPath", None):
        given = fields.selected(visit)
        config["MaxItems"] = stepfunctions._resolve_path_or_ctx(path, given, visit.context())
    if not isinstance(config.get("MaxItems", 0), int):
        raise StateError(RUNTIME, visit.at_fault(f"MaxItems is {config['MaxItems']!r}"))
    return config


async def _contents(given: Any, config: Mapping[str, Any]) -> list[Any]:
    resource = integration("aws-sdk:s3", "getObject")
    reply = await engine.in_thread(stepfunctions._invoke_resource, resource, given)
    try:
        return _parsed(reply["Body"], config)
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise StateError(UNREADABLE, f"The object at {given} cannot be parsed: {error}") from error


def _parsed(text: str, config: Mapping[str, Any]) -> list[Any]:
    if config.get("InputType", "JSON") == "JSONL":
        # A line ends at a line feed only: a string may hold any of Unicode's other line ends.
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    found = stepfunctions._parse_reader_items(text, config)
    if isinstance(found, dict):
        return [{"Key": key, "Value": value} for key, value in found.items()]
    if not isinstance(found, list):
        raise ValueError("it is neither an array nor an object")
    return found


async def _listed(given: Any) -> list[Any]:
    resource, found = integration("aws-sdk:s3", "listObjectsV2"), []
    page: dict[str, Any] = {}
    while True:
        request = {**given, **page}
        reply = await engine.in_thread(stepfunctions._invoke_resource, resource, request)
        found += [
            {
                "Etag": entry.get("ETag"),
                "Key": entry["Key"],
                "LastModified": stepfunctions._epoch_seconds(entry.get("LastModified")),
                "Size": entry.get("Size"),
                "StorageClass": entry.get("StorageClass", "STANDARD"),
            }
            for entry in reply.get("Contents") or ()
        ]
        if not reply.get("NextContinuationToken"):
            return found
        page = {"ContinuationToken": reply["NextContinuationToken"]}
