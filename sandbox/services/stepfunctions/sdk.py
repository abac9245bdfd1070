"""A task's call of an AWS API: any service that the sandbox has, spelled as the Java SDK does."""

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlencode

from botocore import parsers, serialize

from sandbox.core import service_models
from sandbox.core.upstream import gateway, responses
from sandbox.services.stepfunctions.java import java_member, java_name

# Where the SDK's package is not named as botocore's model is.
_MODELS = {
    "applicationautoscaling": "application-autoscaling",
    "cloudwatchlogs": "logs",
    "eventbridge": "events",
    "rdsdata": "rds-data",
    "sagemakerruntime": "sagemaker-runtime",
    "sfn": "stepfunctions",
}
_RENAMED = {("AttributeValue", "NULL"): "Nul"}  # a name that Java keeps for itself


class CallError(Exception):
    """An API answered with an error; ``code`` as on the wire, ``name`` as the SDK's class."""

    def __init__(self, code: str, name: str, message: str, status: int) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.name, self.message, self.status = code, name, message, status


class UnfitError(Exception):
    """The arguments are not what the API takes; the message says which and why."""


class Api(NamedTuple):
    """A service: its model, and how to write and read its messages."""

    model: Any
    prefix: str  # of the names of its errors
    errors: Mapping[str, str]  # wire code -> class

    def operation(self, action: str) -> Any:
        """Find an action by its name in camel case; raises KeyError."""
        name = action[:1].upper() + action[1:]
        if action[:1].isupper() or name not in self.model.operation_names:
            raise KeyError(action)
        return self.model.operation_model(name)


class Answer(NamedTuple):
    """What an API returned, in the SDK's spelling, and the headers that it came with."""

    result: dict[str, Any]
    headers: Mapping[str, str]
    status: int


@lru_cache(maxsize=64)
def api(service: str) -> Api:
    """Read a service's model by the name that a resource gives; raises KeyError."""
    name = _MODELS.get(service, service)
    if name not in service_models.names() or service in _MODELS.values():
        raise KeyError(service)
    model = service_models.model(name)
    prefix = java_name(str(model.service_id))
    errors = {
        (shape.metadata.get("error") or {}).get("code") or shape.name: _class(shape.name)
        for shape in model.error_shapes
    }
    return Api(model, prefix, errors)


def call(service: str, action: str, given: Any) -> Answer:
    """Call an API in the sandbox. Raises `CallError`, `UnfitError`, or KeyError for no such API."""
    found = api(service)
    operation = found.operation(action)
    arguments = _arguments(given or {}, operation.input_shape, "")
    for name, member in (operation.input_shape.members if operation.input_shape else {}).items():
        if member.metadata.get("idempotencyToken") and name not in arguments:
            arguments[name] = str(uuid.uuid4())
    protocol = _protocol(found.model)
    request = serialize.create_serializer(protocol).serialize_to_request(arguments, operation)
    status, headers, body = _send(found.model, request)
    reply = {"status_code": status, "headers": _Headers(headers), "body": body}
    parsed = parsers.create_parser(protocol).parse(reply, operation.output_shape)
    if status >= 300:
        raise _error(found, operation, parsed.get("Error", {}), status)
    parsed.pop("ResponseMetadata", None)
    return Answer(_result(parsed, operation.output_shape), headers, status)


def _protocol(model: Any) -> str:
    # The sandbox speaks the older ones of a service that knows several.
    spoken = [name for name in model.metadata.get("protocols", ()) if "cbor" not in name]
    return str(spoken[0] if spoken else model.resolved_protocol)


def _send(model: Any, request: Mapping[str, Any]) -> tuple[int, Mapping[str, str], bytes]:
    path, _, inline = request["url_path"].partition("?")
    given = request["query_string"] or {}
    query = parse_qs(inline, keep_blank_values=True)
    query |= parse_qs(urlencode(given, doseq=True), keep_blank_values=True)
    body = request["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    raw = body.encode() if isinstance(body, str) else bytes(body)
    scope = f"test/20260101/{responses.get_region()}/{model.signing_name}/aws4_request"
    headers = {name.lower(): str(value) for name, value in request["headers"].items()}
    headers |= {
        "host": f"{model.endpoint_prefix}.{responses.get_region()}.amazonaws.com",
        "authorization": f"AWS4-HMAC-SHA256 Credential={scope}",
        "content-length": str(len(raw)),
    }
    handler = gateway.SERVICE_HANDLERS.get(model.signing_name)
    status, replied, content = gateway.call_service_handler_sync(
        handler, request["method"], unquote(path), headers, raw, query
    )
    if isinstance(content, str):
        content = content.encode()
    elif not isinstance(content, bytes | bytearray):
        content = b"".join(content or ())
    return status, dict(replied or {}), bytes(content)


class _Headers(dict[str, str]):
    """Headers that are found however they are written."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__({name.lower(): str(value) for name, value in headers.items()})

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return super().__contains__(str(name).lower())

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


def _error(found: Api, operation: Any, said: Mapping[str, Any], status: int) -> CallError:
    code = str(said.get("Code") or status)
    name = found.errors.get(code)
    if name is None and status == 404 and operation.name in ("HeadObject", "HeadBucket"):
        # Without a body there is no code; the SDK gives these two one.
        name = "NoSuchKeyException" if operation.name == "HeadObject" else "NoSuchBucketException"
    message = str(said.get("Message") or said.get("message") or code)
    return CallError(code, name or f"{found.prefix}Exception", message, status)


def _class(shape: str) -> str:
    name = java_name(shape)
    if name.endswith("Fault"):
        name = name.removesuffix("Fault")
    return name if name.endswith("Exception") else f"{name}Exception"


def member_names(shape: Any) -> dict[str, str]:
    """Map the names by which a task gives a structure's members to those on the wire."""
    return {_RENAMED.get((shape.name, name), java_member(name)): name for name in shape.members}


def _arguments(given: Any, shape: Any, where: str) -> Any:
    """Spell arguments as on the wire, and check their types."""
    if given is None or shape is None:
        return given
    kind = shape.type_name
    if kind == "structure" and not getattr(shape, "is_document_type", False):
        if not isinstance(given, dict):
            raise UnfitError(f"The value for the field '{where}' must be a STRUCTURE")
        names = member_names(shape)
        for name in given:
            if name not in names:
                raise UnfitError(f"The field '{name}' is not supported by Step Functions")
        return {
            names[name]: _arguments(part, shape.members[names[name]], name)
            for name, part in given.items()
            if part is not None
        }
    if kind == "list" and isinstance(given, list):
        return [_arguments(part, shape.member, where) for part in given]
    if kind == "map" and isinstance(given, dict):
        return {name: _arguments(part, shape.value, str(name)) for name, part in given.items()}
    if kind == "blob":
        # What goes out as a stream goes out as JSON: a text in quotes (seen on AWS with PutObject).
        streams = shape.serialization.get("streaming") or not isinstance(given, str)
        return _json(given) if streams else given.encode()
    _check_type(given, kind, where)
    return int(given) if kind in ("integer", "long") else given


def _check_type(given: Any, kind: str, where: str) -> None:
    fits = {
        "string": isinstance(given, str),
        "boolean": isinstance(given, bool),
        "integer": _is_number(given) and float(given).is_integer(),
        "long": _is_number(given) and float(given).is_integer(),
        "float": _is_number(given),
        "double": _is_number(given),
        "timestamp": isinstance(given, str) or _is_number(given),
        "list": isinstance(given, list),
        "map": isinstance(given, dict),
    }
    if not fits.get(kind, True):
        raise UnfitError(f"The value for the field '{where}' must be a {kind.upper()}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _result(value: Any, shape: Any) -> Any:
    """Spell a result as the SDK does."""
    if shape is not None and shape.type_name == "structure" and isinstance(value, dict):
        wire = {name: sdk for sdk, name in member_names(shape).items()}
        return {
            wire[name]: _result(part, shape.members[name])
            for name, part in value.items()
            if part is not None and name in wire
        }
    if shape is not None and shape.type_name == "list" and isinstance(value, list):
        return [_result(part, shape.member) for part in value]
    if shape is not None and shape.type_name == "map" and isinstance(value, dict):
        return {name: _result(part, shape.value) for name, part in value.items()}
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        digits = f".{moment.microsecond // 1000:03}" if moment.microsecond >= 1000 else ""
        return f"{moment:%Y-%m-%dT%H:%M:%S}{digits}Z"
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    return {} if value is None else value


def unknown_members(given: Any, shape: Any, where: str) -> Iterator[tuple[str, str]]:
    """Find members of written arguments that an API does not have; gives (place, name)."""
    if shape is None or getattr(shape, "is_document_type", False):
        return
    if shape.type_name == "structure" and isinstance(given, dict):
        names = member_names(shape)
        for name, part in given.items():
            plain = name.removesuffix(".$")
            if plain not in names:
                yield where, name
            else:
                yield from unknown_members(part, shape.members[names[plain]], f"{where}/{name}")
    elif shape.type_name == "list" and isinstance(given, list):
        for number, part in enumerate(given):
            yield from unknown_members(part, shape.member, f"{where}[{number}]")
    elif shape.type_name == "map" and isinstance(given, dict):
        for name, part in given.items():
            yield from unknown_members(part, shape.value, f"{where}/{name}")
