"""The plug-ins that make up the sandbox, in the order in which they are installed."""

import importlib
import importlib.util
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ministack import app as gateway

from sandbox.core import emulator, error_replies


@dataclass(frozen=True, slots=True)
class Plugin:
    """A module with an ``install()``, and the packages without which it cannot work."""

    module: str
    service: str = ""  # answered with a refusal while a needed package is missing
    needs: tuple[str, ...] = ()
    group: str = ""  # the requirement file that brings them
    newest_python: tuple[int, int] | None = None  # for which there are wheels of all of them


PLUGINS = (
    Plugin("sandbox.iam.plugin"),
    Plugin("sandbox.services.cloudformation.plugin"),
    Plugin("sandbox.services.cloudformation.custom_resources"),
    Plugin("sandbox.services.lambda_.plugin"),
    Plugin("sandbox.services.logs.query_definitions"),
    Plugin("sandbox.services.s3.events"),
    Plugin("sandbox.services.sqs.plugin"),
    Plugin("sandbox.services.cloudwatch.plugin"),
    Plugin("sandbox.services.stepfunctions.plugin"),
    Plugin(
        "sandbox.services.rekognition.plugin",
        "rekognition",
        ("cv2", "numpy"),
        "sandbox/groups/faces.txt",
    ),
    Plugin(
        "sandbox.services.transcribe.plugin",
        "transcribe",
        ("pocketsphinx", "soundfile", "soxr", "numpy"),
        "sandbox/groups/speech.txt",
        newest_python=(3, 13),
    ),
    Plugin(
        "sandbox.services.athena.plugin", "athena", ("duckdb", "sqlglot"), "sandbox/groups/core.txt"
    ),
    Plugin(
        "sandbox.services.comprehend.plugin",
        "comprehend",
        ("vaderSentiment", "lingua"),
        "sandbox/groups/text.txt",
    ),
    Plugin(
        "sandbox.services.translate.plugin", "translate", ("lingua",), "sandbox/groups/text.txt"
    ),
    Plugin(
        "sandbox.services.polly.plugin", "polly", ("soundfile", "numpy"), "sandbox/groups/text.txt"
    ),
    # Around whatever the plug-ins before it have made of Step Functions and EventBridge.
    Plugin("sandbox.services.stepfunctions.state_machines"),
)


def install_all() -> None:
    """Install every plug-in whose packages are there; the others' services refuse, and say why."""
    for plugin in PLUGINS:
        needed = (*plugin.needs, plugin.module)
        missing = [name for name in needed if importlib.util.find_spec(name) is None]
        if missing and plugin.service:
            refuse(plugin.service, _because(plugin, missing))
        else:
            importlib.import_module(plugin.module).install()
    gateway.SERVICE_HANDLERS = Services(gateway.SERVICE_HANDLERS)


def _because(plugin: Plugin, missing: list[str]) -> str:
    newest, running = plugin.newest_python, sys.version_info[:2]
    names = ", ".join(missing)
    if newest is not None and running > newest:
        return (
            f"there is no wheel of {names} for Python {running[0]}.{running[1]}; "
            f"run the sandbox on Python {newest[0]}.{newest[1]} or older"
        )
    return f"{names} is not installed; pip install -r {plugin.group}"


def refuse(service: str, because: str) -> None:
    """Answer every call to a service with why it is not served, and what to do."""
    emulator.serve(service, _refusal(service, f"the sandbox cannot serve {service}: {because}"))


class Services(dict[str, emulator.Handler]):
    """The services that there are; any other one refuses, readable for its own SDK."""

    def get(self, service: str, default: Any = None) -> Any:
        """Find a service's handler."""
        return super().get(service) or _refusal(service, f"the sandbox has no {service}")


def _refusal(service: str, message: str) -> emulator.Handler:
    async def handle(
        _method: str, _path: str, headers: Mapping[str, str], *_rest: Any
    ) -> emulator.Reply:
        return error_replies.error(service, headers, "NotImplemented", message, 501)

    return handle
