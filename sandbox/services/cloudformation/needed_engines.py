"""What a stack needs and the sandbox lacks stops its deployment, and not its first document."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.core import patching, plugins
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.cloudformation.upstream import stacks

_PLUGINS = {plugin.service: plugin for plugin in plugins.find().values() if plugin.needs}
# As policies name an action, as a state machine's task names one, as a type names its service.
_NAMED = re.compile(
    rf'"(?:[^"]*:(?:aws-sdk:|states:::))?({"|".join(_PLUGINS)}):[\w*]', re.IGNORECASE
)
_TYPE = re.compile(rf"AWS::({'|'.join(_PLUGINS)})::", re.IGNORECASE)


def install() -> None:
    """Look at each resource before it is made or changed."""
    for name, properties_at in (("_provision_resource", 2), ("_update_resource", 3)):
        patching.wrap(
            stacks,
            name,
            _stopped(properties_at),
            because="a stack that needs an engine which is not installed is not deployed",
        )


def refusal(cfn_type: str, properties: Any) -> str | None:
    """Say which engine a resource needs that is not installed, and the command that brings it."""
    text = json.dumps(properties, default=str).replace('\\"', '"')
    named = {found.lower() for found in _NAMED.findall(text) + _TYPE.findall(cfn_type)}
    for service in sorted(named):
        plugin = _PLUGINS[service]
        if missing := plugins.missing_of(plugin):
            why = plugins.because(plugin, missing)
            return f"{cfn_type} needs {service}, which the sandbox cannot serve: {why}"
    return None


def _stopped(properties_at: int) -> patching.Make:
    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def stopped(*arguments: Any) -> Any:
            properties: Mapping[str, Any] = plain(arguments[properties_at])
            if why := refusal(arguments[0], properties):
                raise ValueError(why)
            return original(*arguments)

        return stopped

    return make
