"""Lines that SageMaker captures of an endpoint, and lines that tell what came true of them."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

HOUR = datetime(2026, 11, 30, 14, tzinfo=UTC)


def line(
    *rows: Any,
    predictions: list[Any] | None = None,
    at: datetime = HOUR,
    name: str = "a",
    base64_too: bool = False,
    kind: str = "application/json",
    inference_id: str | None = None,
) -> str:
    """Spell a record as SageMaker does."""

    def part(mode: str, content: Any) -> dict[str, str]:
        text = json.dumps(content)
        said = {"data": text, "encoding": "JSON"}
        if base64_too:
            said = {"data": base64.b64encode(text.encode()).decode(), "encoding": "BASE64"}
        return {"observedContentType": kind, "mode": mode, **said}

    told = [0.5] * len(rows) if predictions is None else predictions
    meta = {"eventId": name, "inferenceTime": f"{at:%Y-%m-%dT%H:%M:%SZ}"}
    if inference_id:
        meta["inferenceId"] = inference_id
    return json.dumps(
        {
            "captureData": {
                "endpointInput": part("INPUT", list(rows)),
                "endpointOutput": part("OUTPUT", {"predictions": told}),
            },
            "eventMetadata": meta,
            "eventVersion": "0",
        }
    )


def truth(name: Any, data: Any) -> str:
    """Say what came true of the rows of a request."""
    return json.dumps(
        {
            "groundTruthData": {"data": data, "encoding": "CSV"},
            "eventMetadata": {"eventId": name},
            "eventVersion": "0",
        }
    )
