"""Tell what an object is by its first bytes, and refuse what nothing can be done with."""

import os
from dataclasses import asdict, replace
from typing import Any

from aws_lambda_powertools.logging import Logger

from runtime import settings
from service_chain import content_type, object_keys
from service_chain.copied_channel import is_copied, sound_of
from service_chain.failures import Reason, Refused
from service_chain.read_version import read_part, read_start

logger = Logger()

MOST_BYTES = 5 * 2**40  # what one object of S3 can hold


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Identify one version of an object; for a recording, say where to copy it and what to write.

    A channel that is a copy of the other does not count.
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
    if content.channels == 2 and has_one_voice(event, content.media_format or "", head, size):
        content = replace(content, channels=1)
    logger.info("identified", extra={**asdict(content), "size_bytes": size})
    keys = {}
    if is_audio:
        document_id = event["document_id"]
        keys = {
            "media_key": object_keys.media(document_id),
            "transcription_key": object_keys.transcription(document_id, event["attempt"]),
        }
    return {**asdict(content), **keys}


def has_one_voice(event: dict[str, Any], media_format: str, head: bytes, size: int) -> bool:
    """Tell whether a recording's channels are copies, by samples from its beginning to its end.

    Where that cannot be told before it is decoded, what Transcribe hears on both channels does.
    """
    sound = sound_of(media_format, head, size)
    if sound is None:
        return False
    heard = False
    for begin, end in sound.windows():
        data = head[begin:end]
        if not data:
            data = read_part(event["bucket"], event["key"], event["version_id"], begin, end)
        copied = is_copied(sound, data)
        if copied is False:
            return False
        heard = heard or copied is True
    return heard


def _most_bytes(name: str, default: int) -> int:
    return settings.integer(os.environ, name, at_least=1, at_most=MOST_BYTES, default=default)
