"""Captured requests and answers as the lines that SageMaker writes, and where it writes them."""

import base64
import contextlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

# https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html

_MODES = {"Input": ("INPUT",), "Output": ("OUTPUT",), "InputAndOutput": ("INPUT", "OUTPUT")}
_PARTS = {"INPUT": "endpointInput", "OUTPUT": "endpointOutput"}


def line(
    config: Mapping[str, Any],
    *,
    request: tuple[str, bytes],
    answer: tuple[str, bytes],
    event_id: str,
    at: datetime,
    inference_id: str = "",
    custom_attributes: str = "",
) -> str:
    """Spell one record; ``request`` and ``answer`` are a content type and a body each."""
    wanted = {mode for option in config["CaptureOptions"] for mode in _MODES[option["CaptureMode"]]}
    data = {
        _PARTS[mode]: _part(config.get("CaptureContentTypeHeader") or {}, mode, *said)
        for mode, said in (("INPUT", request), ("OUTPUT", answer))
        if mode in wanted
    }
    metadata: dict[str, Any] = {"eventId": event_id}
    if custom_attributes:
        metadata["customAttributes"] = [custom_attributes]
    if inference_id:
        metadata["inferenceId"] = inference_id
    metadata["inferenceTime"] = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    record = {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}
    return json.dumps(record, separators=(",", ":"), ensure_ascii=False)


def uri(config: Mapping[str, Any], endpoint: str, variant: str, at: datetime, name: str) -> str:
    """Tell where records of an hour go."""
    base = str(config["DestinationS3Uri"]).rstrip("/")
    moment = f"{at:%M-%S}-{at.microsecond // 1000:03}"
    return f"{base}/{endpoint}/{variant}/{at:%Y/%m/%d/%H}/{moment}-{name}.jsonl"


def _part(headers: Mapping[str, Any], mode: str, kind: str, body: bytes) -> dict[str, str]:
    encoding, data = "BASE64", base64.b64encode(body).decode()
    for name, said in (("JsonContentTypes", "JSON"), ("CsvContentTypes", "CSV")):
        if _bare(kind) in {_bare(each) for each in headers.get(name) or ()}:
            with contextlib.suppress(UnicodeDecodeError):  # what is no text is kept as bytes
                encoding, data = said, body.decode()
    return {"observedContentType": kind, "mode": mode, "data": data, "encoding": encoding}


def _bare(kind: str) -> str:
    return kind.partition(";")[0].strip().lower()
