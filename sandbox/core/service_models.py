"""AWS's own models of its services, each read once: a session reads again what another has read."""

from collections.abc import Callable
from functools import cache
from typing import Any

import botocore.session
from botocore.exceptions import UnknownServiceError

from sandbox.core import patching
from sandbox.core.upstream import responses, router


def install() -> None:
    """Let the emulator ask here too; before any service is imported."""
    patching.replace(
        responses,
        "_service_model",
        _or_none,
        because="a session for each service takes a tenth of a second, and reads models again",
    )
    patching.wrap(
        router,
        "_is_aws_service_name",
        _is_known,
        because="for most names there is a folder: it need not read every model of AWS's",
    )


@cache
def names() -> frozenset[str]:
    """Name the services that have a model."""
    return frozenset(_reader().get_available_services())


@cache
def model(service: str) -> Any:
    """Read a service's model by the name that the SDK gives it."""
    return _reader().get_service_model(service)


def _is_known(original: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda name: name in names() or original(name)


def _or_none(service: str) -> Any:
    try:
        return model(responses._BOTOCORE_NAME.get(service, service))
    except UnknownServiceError:
        return None


@cache
def session() -> Any:
    """Return the one session for clients, which may be made by one thread at a time.

    It has models of its own: a client of S3 takes the bucket out of the paths of its model.
    """
    return botocore.session.get_session()


@cache
def _reader() -> Any:
    return botocore.session.get_session()
