"""Plug-ins: found by folder, and installed after those that they say they come after."""

import importlib
import importlib.util
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

from sandbox.core import emulator, error_replies
from sandbox.core.upstream import gateway

_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """What a folder's ``plugin.py`` declares as ``PLUGIN``.

    It is read where the packages that it needs may be missing, so it imports none of its parts.
    """

    parts: tuple[str, ...]  # modules of its folder with an ``install()``, in order
    after: tuple[str, ...] = ()  # folders whose plug-ins wrap first what this one wraps too
    service: str = ""  # answered with a refusal while a needed package is missing
    needs: tuple[str, ...] = ()
    group: str = ""  # the requirement file that brings them
    newest_python: tuple[int, int] | None = None  # for which there are wheels of all of them


def find() -> dict[str, Plugin]:
    """Map the package of each folder that has a ``plugin.py`` to its plug-in."""
    folders = [path.parent.relative_to(_ROOT.parent) for path in _ROOT.rglob("plugin.py")]
    packages = sorted(".".join(folder.parts) for folder in folders)
    return {name: importlib.import_module(f"{name}.plugin").PLUGIN for name in packages}


def in_order(plugins: Mapping[str, Plugin]) -> list[str]:
    """Sort packages so that each comes after those that it names; else by name.

    Raises ValueError that names a folder without a plug-in, or a circle.
    """
    packages = {_folder(package): package for package in plugins}
    graph: TopologicalSorter[str] = TopologicalSorter()
    for package, plugin in plugins.items():
        if unknown := [name for name in plugin.after if name not in packages]:
            raise ValueError(
                f"{package} comes after {', '.join(unknown)}, which is no plug-in; "
                f"there are {', '.join(sorted(packages))}"
            )
        graph.add(package, *(packages[name] for name in plugin.after))
    try:
        graph.prepare()
    except CycleError as error:
        circle = " after ".join(_folder(package) for package in reversed(error.args[1]))
        raise ValueError(f"plug-ins come after one another in a circle: {circle}") from error
    ordered: list[str] = []
    while graph.is_active():
        ready = sorted(graph.get_ready())
        ordered += ready
        graph.done(*ready)
    return ordered


def install(plugins: Mapping[str, Plugin]) -> None:
    """Install all whose packages are there; the others' services refuse until they are."""
    for package in in_order(plugins):
        plugin = plugins[package]
        if missing_of(plugin):
            emulator.serve(plugin.service, _served_once_there(package, plugin))
        else:
            _install(package, plugin)
    gateway.SERVICE_HANDLERS = Services(gateway.SERVICE_HANDLERS)


def missing_of(plugin: Plugin) -> list[str]:
    """List the packages that a plug-in needs and that are not installed now."""
    importlib.invalidate_caches()
    return [name for name in plugin.needs if importlib.util.find_spec(name) is None]


def because(plugin: Plugin, missing: Sequence[str]) -> str:
    """Say why a plug-in's service is not served, and the command that changes it."""
    newest, running = plugin.newest_python, sys.version_info[:2]
    names = ", ".join(missing)
    if newest is not None and running > newest:
        return (
            f"there is no wheel of {names} for Python {running[0]}.{running[1]}; "
            f"run the sandbox on Python {newest[0]}.{newest[1]} or older"
        )
    return f"{names} is not installed; pip install -r {plugin.group}"


def _install(package: str, plugin: Plugin) -> None:
    for part in plugin.parts:
        importlib.import_module(f"{package}.{part}").install()


def _served_once_there(package: str, plugin: Plugin) -> emulator.Handler:
    """Answer every call with why there is no answer, until the packages have been installed."""
    lock, found = threading.Lock(), list[emulator.Handler]()

    async def handle(method: str, path: str, headers: Any, *rest: Any) -> emulator.Reply:
        with lock:
            if not found:
                if missing := missing_of(plugin):
                    why = f"the sandbox cannot serve {plugin.service}: {because(plugin, missing)}"
                    return await _refusal(plugin.service, why)(method, path, headers, *rest)
                watched = gateway.SERVICE_HANDLERS[plugin.service]
                _install(package, plugin)
                found.append(gateway.SERVICE_HANDLERS[plugin.service])
                gateway.SERVICE_HANDLERS[plugin.service] = watched  # its calls are counted there
        reply: emulator.Reply = await found[0](method, path, headers, *rest)
        return reply

    return handle


def _folder(package: str) -> str:
    return package.rpartition(".")[2]


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
