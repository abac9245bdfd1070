"""Loaded by Python as it starts, where no kernel keeps an isolated container from the network."""

import sys
from typing import Any

_REFUSED = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")


def _refuse(event: str, _arguments: tuple[Any, ...]) -> None:
    if event in _REFUSED:
        raise OSError(f"network isolation: {event} is refused; the job was made without a network")


sys.addaudithook(_refuse)
