"""What policies may ask of items: the values of their partition keys, dynamodb:LeadingKeys."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sandbox.iam import condition_keys
from sandbox.services.dynamodb.upstream import dynamodb

_EQUAL = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def install() -> None:
    """Tell IAM of them.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
    """
    condition_keys.tell("dynamodb", _leading_keys)


def _leading_keys(_action: str, body: bytes, _params: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        request = json.loads(body or b"{}")
        found = [_text(value) for value in _values(request)]
    except (ValueError, AttributeError, TypeError, KeyError):
        return {}  # the service itself says what is wrong with the request
    return {"dynamodb:LeadingKeys": sorted(set(found))} if found else {}


def _values(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    if table := request.get("TableName"):
        yield from _of_item(table, request)
        yield from _of_query(table, request)
    for table, asked in (request.get("RequestItems") or {}).items():
        if isinstance(asked, dict):
            for key in asked["Keys"]:
                yield from _of_item(table, {"Key": key})
        else:
            for one in asked:
                for given in one.values():
                    yield from _of_item(table, given)
    for one in request.get("TransactItems") or ():
        for given in one.values():
            yield from _of_item(given["TableName"], given)


def _of_item(table: str, given: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    item = given.get("Key") or given.get("Item") or {}
    if (name := _partition_key(table)) in item:
        yield item[name]


def _of_query(table: str, request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    name = _partition_key(table, request.get("IndexName"))
    names = request.get("ExpressionAttributeNames") or {}
    for spelled, value in _EQUAL.findall(request.get("KeyConditionExpression") or ""):
        if names.get(spelled, spelled) == name:
            yield request["ExpressionAttributeValues"][value]
    if asked := (request.get("KeyConditions") or {}).get(name):
        yield from asked["AttributeValueList"]


def _partition_key(table: str, index: str | None = None) -> str:
    found = dynamodb._tables.get(table.rpartition("/")[2]) or {}
    if index:
        indexes = [
            *(found.get("GlobalSecondaryIndexes") or ()),
            *(found.get("LocalSecondaryIndexes") or ()),
        ]
        found = next((one for one in indexes if one["IndexName"] == index), {})
    schema = found.get("KeySchema") or ()
    return next((part["AttributeName"] for part in schema if part["KeyType"] == "HASH"), "")


def _text(value: Mapping[str, Any]) -> str:
    return str(next(iter(value.values())))
