"""The plug-ins that make up the sandbox, in the order in which they are installed."""

import importlib
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack import app as gateway

from sandbox import emulator, wire


@dataclass(frozen=True, slots=True)
class Plugin:
    """A module with an ``install()``, and the packages without which it cannot work."""

    module: str
    service: str = ""  # answered with a refusal while a needed package is missing
    needs: tuple[str, ...] = ()
    group: str = ""  # the requirement file that brings them


PLUGINS = (
    Plugin("sandbox.enforcement"),
    Plugin("sandbox.services.cloudformation"),
    Plugin("sandbox.services.custom_resources"),
    Plugin("sandbox.services.lambda_"),
    Plugin("sandbox.services.sqs"),
    Plugin("sandbox.services.cloudwatch"),
    Plugin(
        "sandbox.services.rekognition", "rekognition", ("cv2", "numpy"), "sandbox/groups/faces.txt"
    ),
    Plugin("sandbox.services.athena", "athena", ("duckdb", "sqlglot"), "sandbox/groups/core.txt"),
)


def install_all() -> None:
    """Install every plug-in whose packages are there; the others' services refuse, and say why."""
    for plugin in PLUGINS:
        needed = (*plugin.needs, plugin.module)
        missing = [name for name in needed if importlib.util.find_spec(name) is None]
        if missing and plugin.service:
            refuse(plugin.service, f"{', '.join(missing)} is not installed", plugin.group)
        else:
            importlib.import_module(plugin.module).install()
    gateway.SERVICE_HANDLERS = Services(gateway.SERVICE_HANDLERS)


def refuse(service: str, because: str, group: str) -> None:
    """Answer every call to a service with what to install."""
    message = f"the sandbox cannot serve {service}: {because}; pip install -r {group}"
    emulator.serve(service, _refusal(service, message))


class Services(dict[str, emulator.Handler]):
    """The services that there are; any other one refuses, readable for its own SDK."""

    def get(self, service: str, default: Any = None) -> Any:
        """Find a service's handler."""
        return super().get(service) or _refusal(service, f"the sandbox has no {service}")


def _refusal(service: str, message: str) -> emulator.Handler:
    async def handle(
        _method: str, _path: str, headers: Mapping[str, str], *_rest: Any
    ) -> emulator.Reply:
        return wire.error(service, headers, "NotImplemented", message, 501)

    return handle
