"""Spell an error the way a caller's protocol does, whichever AWS service it called."""

import json
from collections.abc import Mapping
from xml.sax.saxutils import escape

from sandbox.core.upstream import iam_actions

Reply = tuple[int, dict[str, str], bytes]


def error(service: str, headers: Mapping[str, str], code: str, message: str, status: int) -> Reply:
    """Answer with an error in the encoding in which the request came."""
    kind = headers.get("content-type", "")
    if headers.get("smithy-protocol") == "rpc-v2-cbor" or "cbor" in kind:
        body = _cbor_map({"__type": code, "message": message})
        return status, {"Content-Type": "application/cbor", "smithy-protocol": "rpc-v2-cbor"}, body
    if "amz-json" in kind:
        reply = {"Content-Type": kind, "x-amzn-errortype": code}
        # Services that once spoke the query protocol keep their old code in this header.
        reply["x-amzn-query-error"] = f"{code};{'Sender' if status < 500 else 'Receiver'}"
        return status, reply, json.dumps({"__type": code, "message": message}).encode()
    protocol = iam_actions._SERVICE_PROTOCOL.get(service, "rest-json")
    if service == "s3":
        return _xml(status, "{}", code, message)
    if service == "ec2":
        return _xml(status, "<Response><Errors>{}</Errors></Response>", code, message)
    if protocol.endswith("xml") or "x-www-form-urlencoded" in kind:
        around = "<ErrorResponse>{}<RequestId>injected</RequestId></ErrorResponse>"
        return _xml(status, around, code, message)
    reply = {"Content-Type": "application/json", "x-amzn-errortype": code}
    return status, reply, json.dumps({"message": message}).encode()


def _xml(status: int, around: str, code: str, message: str) -> Reply:
    error = f"<Error><Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
    return status, {"Content-Type": "text/xml"}, around.format(error).encode()


def _cbor_map(fields: Mapping[str, str]) -> bytes:
    parts = [bytes([0xA0 | len(fields)])]
    for text in (text for pair in fields.items() for text in pair):
        raw = text.encode()
        parts += [b"\x79", len(raw).to_bytes(2, "big"), raw]
    return b"".join(parts)
