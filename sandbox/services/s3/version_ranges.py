"""A range of bytes of one version of an object, where the emulator gives the whole version."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.services.s3.upstream import s3


def install() -> None:
    """Cut what was asked for out of a version's bytes."""
    patching.wrap(
        s3,
        "_get_object",
        _cut,
        because="a Range is ignored where a version is named, and a reader gets all of it",
    )


def _cut(original: Callable[..., Any]) -> Callable[..., Any]:
    def get(bucket_name: str, key: str, headers: Any = None, query_params: Any = None) -> Any:
        asked: Mapping[str, str] = headers or {}
        wanted, query = asked.get("range", ""), query_params or {}
        if not (wanted and s3._qp(query, "versionId")):
            return original(bucket_name, key, headers, query_params)
        # The checksum of a whole object is none of a part of it, and S3 tells none then.
        whole = {k: v for k, v in asked.items() if k not in ("range", "x-amz-checksum-mode")}
        status, found, body = original(bucket_name, key, whole, query)
        if status != 200:
            return status, found, body
        ends = s3._parse_range(wanted, len(body))
        if ends is None:
            told = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
            return 416, told, s3._xml_body(s3._range_error_xml(bucket_name, key))
        first, last = ends
        part = body[first : last + 1]
        found["Content-Length"] = str(len(part))
        found["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
        return 206, found, part

    return get
