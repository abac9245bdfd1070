"""S3's events on EventBridge, spelled as S3 does: with the version, and nothing of our own."""

import contextvars
import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching
from sandbox.services.events.upstream import eventbridge
from sandbox.services.s3.upstream import s3

_version: contextvars.ContextVar[str] = contextvars.ContextVar("version", default="")


def install() -> None:
    """Correct what the emulator puts on the bus."""
    patching.wrap(
        s3,
        "_fire_s3_event",
        _remember_version,
        because="the event of EventBridge needs the version, which is not passed on to it",
    )
    patching.wrap(
        eventbridge,
        "_dispatch_event",
        _as_s3_spells_it,
        because="S3's own events spell version, sequencer and reason as AWS does",
    )


def _remember_version(original: Callable[..., None]) -> Callable[..., None]:
    def fire(*arguments: Any, **named: Any) -> None:
        given = arguments[7] if len(arguments) > 7 else named.get("version_id")
        token = _version.set(given or "")
        try:
            original(*arguments, **named)
        finally:
            _version.reset(token)

    return fire


def _as_s3_spells_it(original: Callable[..., None]) -> Callable[..., None]:
    def dispatch(event: Mapping[str, Any], view: Any = None) -> None:
        # Only the emulator's own events have this source: PutEvents refuses it.
        if event.get("Source") == "aws.s3" and view is None and "_DispatchPath" not in event:
            original(corrected(event, _version.get()))
        else:
            original(event, view)

    return dispatch


def corrected(event: Mapping[str, Any], version: str) -> dict[str, Any]:
    """Spell an event of S3.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
    """
    detail = json.loads(event["Detail"])
    detail.pop("event-version", None)
    if version:
        detail["object"]["version-id"] = version
    if event["DetailType"] == "Object Deleted":
        detail["object"].pop("size", None)
    time = dt.datetime.fromisoformat(event["Time"])
    return {**event, "Detail": json.dumps(detail), "Time": f"{time:%Y-%m-%dT%H:%M:%SZ}"}
