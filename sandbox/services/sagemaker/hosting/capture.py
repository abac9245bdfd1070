"""Data capture: a part of what is asked and answered, kept in S3 by the hour as the role."""

import contextvars
import random
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.iam import problems
from sandbox.services.sagemaker import operations
from sandbox.services.sagemaker.containers import objects
from sandbox.services.sagemaker.hosting import capture_records
from sandbox.services.sagemaker.hosting.containers import Answer
from sandbox.services.sagemaker.hosting.endpoint_configs import EndpointConfig
from sandbox.services.sagemaker.hosting.models import Model
from sandbox.services.sagemaker.hosting.variants import Question, Variant

_EVERY_SECONDS = 60.0
Key = tuple[str, str, str, str, str]


@dataclass(slots=True)
class _File:
    """Lines of one variant and hour that wait to be written."""

    config: Mapping[str, Any]
    model: Model
    since: datetime
    lines: list[str] = field(default_factory=list)


_waiting: dict[Key, _File] = {}
_changing = threading.Lock()


def install() -> None:
    """Forget what waits when the sandbox is reset."""
    operations.on_reset(_waiting.clear)


def keep(
    endpoint: str, config: EndpointConfig, variant: Variant, question: Question, answer: Answer
) -> None:
    """Keep one invocation, if it is among those that are."""
    given = config.capture
    if given is None or random.random() * 100 >= given["InitialSamplingPercentage"]:  # noqa: S311 (a sample is no secret)
        return
    now = CLOCK.now()
    said = capture_records.line(
        given,
        request=(question.content_type, question.body),
        answer=(answer.content_type, answer.body),
        event_id=responses.new_uuid(),
        at=now,
        inference_id=question.inference_id,
        custom_attributes=question.custom_attributes,
    )
    place = responses.get_account_id(), responses.get_region()
    key = (*place, endpoint, variant.name, f"{now:%Y%m%d%H}{config.name}")
    with _changing:
        file = _waiting.get(key)
        if file is None:
            file = _waiting[key] = _File(given, variant.config.model, now)
            run = contextvars.copy_context().run
            CLOCK.later(_EVERY_SECONDS, lambda: run(_write, key))
        file.lines.append(said)


def _write(key: Key) -> None:
    with _changing:
        file = _waiting.pop(key, None)
    if file is None:
        return
    _, _, endpoint, variant, _ = key
    uri = capture_records.uri(file.config, endpoint, variant, file.since, responses.new_uuid())
    body = "".join(f"{line}\n" for line in file.lines).encode()
    try:
        objects.Store(file.model.role, file.config.get("KmsKeyId")).put(uri, body)
    except (objects.TransferError, ServiceError) as error:
        problems.report("delivery", f"{endpoint} cannot keep what it captured: {error}")
