"""What a message asks for: to train on a training set, or on the newest. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

READY, RETRAIN, TICK = "Features Ready", "Retraining Requested", "Scheduled Event"


class UnreadableWishError(ValueError):
    """A message that asks for nothing that is known; its text says what it lacks."""


@dataclass(frozen=True, slots=True)
class Wish:
    """To train on a manifest, as ``s3://…``, or on the newest if it names none.

    With ``again`` an execution that failed or was stopped is followed by another.
    """

    manifest: str | None
    reason: str
    again: bool


def read_wish(body: str) -> Wish:
    """Read an event of EventBridge, or what a person or a redrive has sent.

    A person's is ``{"manifest": "s3://…", "again": true}``, both of which may be missing. Raises
    UnreadableWishError for anything else.
    """
    try:
        content = json.loads(body)
    except ValueError:
        raise UnreadableWishError("the message is no JSON") from None
    if not isinstance(content, dict):
        raise UnreadableWishError("the message is no object of JSON")
    if "detail-type" in content:
        return _of_event(content)
    unknown = sorted(set(content) - {"manifest", "again"})
    if unknown or not isinstance(content.get("again", False), bool):
        raise UnreadableWishError(
            f"the message has {', '.join(unknown) or 'an again that is no flag'}; allowed: "
            "manifest as s3://…, again as true or false"
        )
    return Wish(_place(content), "by hand", content.get("again", False))


def _of_event(event: Mapping[str, Any]) -> Wish:
    kind, detail = event["detail-type"], event.get("detail") or {}
    if kind == READY:
        manifest = _place(detail)
        if manifest is None:
            raise UnreadableWishError(f"the event {READY} names no manifest")
        return Wish(manifest, "another training set", again=False)
    if kind == RETRAIN:
        return Wish(None, str(detail.get("reason", "retraining requested"))[:200], again=True)
    if kind == TICK:
        return Wish(None, "by schedule", again=False)
    raise UnreadableWishError(
        f"the event is of the kind {str(kind)[:80]!r}; allowed: {READY}, {RETRAIN}, {TICK}"
    )


def _place(content: Mapping[str, Any]) -> str | None:
    place = content.get("manifest")
    if place is not None and not (isinstance(place, str) and place.startswith("s3://")):
        raise UnreadableWishError("manifest is no text like s3://bucket/key")
    return place
