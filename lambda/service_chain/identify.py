"""Tell what an object is by its first bytes, and refuse what nothing can be done with."""

import os
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.logging import Logger

from runtime import settings
from service_chain import content_type, object_keys
from service_chain.failures import Reason, Refused
from service_chain.read_version import read_start

logger = Logger()

MOST_BYTES = 5 * 2**40  # what one object of S3 can hold


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Identify one version of an object; for a recording, say where to copy it and what to write.

    Raises Refused, whose message is ``<reason>: <detail>``, where no retry will help; any other
    error is AWS's, and may pass.
    """
    head, size = read_start(
        event["bucket"], event["key"], event["version_id"], content_type.HEAD_BYTES
    )
    content = content_type.identify(head, size, event["key"])
    is_audio = content.kind == "audio"
    if is_audio and not settings.boolean(os.environ, "TRANSCRIBE", default=True):
        raise Refused(Reason.STAGE_OFF, "it is a recording, and the stage transcribe is off")
    most = (
        _most_bytes("MAX_MEDIA_BYTES", 2_000_000_000)
        if is_audio
        else _most_bytes("MAX_TEXT_BYTES", 25_000_000)
    )
    if size > most:
        raise Refused(Reason.TOO_LARGE, f"{size} bytes of {content.kind}; want at most {most}")
    logger.info("identified", extra={**asdict(content), "size_bytes": size})
    keys = {}
    if is_audio:
        document_id = event["document_id"]
        keys = {
            "media_key": object_keys.media(document_id),
            "transcription_key": object_keys.transcription(document_id, event["attempt"]),
        }
    return {**asdict(content), **keys}


def _most_bytes(name: str, default: int) -> int:
    return settings.integer(os.environ, name, at_least=1, at_most=MOST_BYTES, default=default)
