"""The process that recognizes speech: a request a line in, an answer a line out."""

import json
import sys
from pathlib import Path
from typing import Any

from sandbox.services.transcribe import media
from sandbox.services.transcribe.media import MediaError
from sandbox.services.transcribe.recognition import Recognizer


def main() -> None:
    """Answer until the other side closes the pipe, which its end does too."""
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Recognize one file; the answer holds what was heard, or why it ``failed``."""
    try:
        sound = media.decode(
            Path(request["file"]).read_bytes(),
            media_format=request["media_format"],
            sample_rate=request["sample_rate"],
        )
        segments = Recognizer().hear(sound, by_channel=request["by_channel"])
    except MediaError as error:
        return {"failed": str(error)}
    return {
        "media_format": sound.media_format,
        "sample_rate": sound.sample_rate,
        "seconds": sound.seconds,
        "channels": len(sound.channels),
        "segments": [
            [segment.channel, [[word.text, word.start, word.end] for word in segment.words]]
            for segment in segments
        ],
    }


if __name__ == "__main__":
    main()
