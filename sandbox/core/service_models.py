"""AWS's own models of its services, each read once: a session reads again what another has read."""

from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import UnknownServiceError

from sandbox.core import patching
from sandbox.core.upstream import responses


def install() -> None:
    """Let the emulator ask here too; before any service is imported."""
    patching.replace(
        responses,
        "_service_model",
        _or_none,
        because="a session for each service takes a tenth of a second, and reads models again",
    )


@cache
def names() -> frozenset[str]:
    """Name the services that have a model."""
    return frozenset(_session().get_available_services())


@cache
def model(service: str) -> Any:
    """Read a service's model by the name that the SDK gives it."""
    return _session().get_service_model(service)


def _or_none(service: str) -> Any:
    try:
        return model(responses._BOTOCORE_NAME.get(service, service))
    except UnknownServiceError:
        return None


@cache
def _session() -> Any:
    return botocore.session.get_session()
