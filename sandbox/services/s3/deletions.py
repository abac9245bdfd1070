"""DeleteObjects: one decision and one answer per key, as AWS gives them."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, ParseError, SubElement, tostring

from sandbox.core import patching
from sandbox.core.upstream import iam_actions
from sandbox.iam import authorization
from sandbox.services.s3.objects import bucket_arn
from sandbox.services.s3.upstream import s3

Reply = tuple[int, dict[str, str], bytes]
_BYPASS = "x-amz-bypass-governance-retention"


def install() -> None:
    """Take DeleteObjects out of the per-request check, and decide it key by key."""
    # The emulator asks for s3:DeleteObject on the first key, whatever version is named, and
    # refuses the whole request; without an action it only authenticates the caller.
    patching.wrap(
        iam_actions,
        "_s3_action",
        _path_action,
        because="DeleteObjects is decided key by key, not by the first key for all",
    )
    patching.wrap(
        iam_actions,
        "extract_iam_action",
        _request_action,
        because="DeleteObjects is decided key by key, not by the first key for all",
    )
    patching.wrap(
        s3,
        "_delete_objects",
        _delete_objects,
        because="each key of DeleteObjects has its own right and its own answer",
    )


def is_batch(method: str, path: str, query: Mapping[str, Any]) -> bool:
    """Tell whether a request to S3 is DeleteObjects, which no IAM action is named after."""
    return method == "POST" and "delete" in query and "/" not in path.strip("/")


def _path_action(original: Callable[..., Any]) -> Callable[..., Any]:
    def name(method: str, path: str, query: Mapping[str, Any]) -> str | None:
        return None if is_batch(method, path, query) else original(method, path, query)

    return name


def _request_action(original: Callable[..., Any]) -> Callable[..., Any]:
    def name(
        service: str, method: str, path: str, headers: Any, body: bytes, query: Mapping[str, Any]
    ) -> str | None:
        if service == "s3" and is_batch(method, path, query):
            return None
        action: str | None = original(service, method, path, headers, body, query)
        return action

    return name


def _delete_objects(original: Callable[..., Any]) -> Callable[..., Any]:
    def delete(bucket_name: str, body: bytes, headers: dict[str, str] | None = None) -> Reply:
        try:
            request = s3.fromstring(body)
        except (ParseError, ValueError):  # malformed, or more than an XML reader should take
            malformed: Reply = original(bucket_name, body, headers)
            return malformed
        refused: list[tuple[str, str, str]] = []
        for target in [child for child in request if _name(child) == "Object"]:
            key, version = _text(target, "Key"), _text(target, "VersionId")
            denied = _denial(bucket_name, key, version, headers or {})
            if denied:
                request.remove(target)
                refused.append((key, version, denied))
        # A reader takes a bare carriage return, which a key may hold, for a line's end.
        rest = tostring(request).replace(b"\r", b"&#13;")
        reply: Reply = original(bucket_name, rest, headers)
        return _with_errors(reply, refused)

    return delete


def _denial(bucket: str, key: str, version: str, headers: dict[str, str]) -> str | None:
    needed = ["s3:DeleteObjectVersion" if version else "s3:DeleteObject"]
    if headers.get(_BYPASS, "").lower() == "true":
        needed.append("s3:BypassGovernanceRetention")
    arn, caller = f"{bucket_arn(bucket)}/{key}", authorization.request_caller()
    return next(
        filter(None, (authorization.denial(caller, action, arn) for action in needed)), None
    )


def _with_errors(reply: Reply, refused: list[tuple[str, str, str]]) -> Reply:
    status, headers, body = reply
    if status != 200 or not refused:
        return reply
    result = s3.fromstring(body)
    namespace = (re.match(r"\{.*\}", result.tag) or [""])[0]
    for key, version, message in refused:
        error = SubElement(result, f"{namespace}Error")
        fields = {"Key": key, "VersionId": version, "Code": "AccessDenied", "Message": message}
        for field, value in fields.items():
            if value:
                SubElement(error, f"{namespace}{field}").text = value
    return status, headers, bytes(s3._xml_body(result))


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _text(element: Element, name: str) -> str:
    return next((child.text or "" for child in element if _name(child) == name), "")
