"""The packages of Python that a job asks for: wheels in S3, of what is installed here."""

import importlib.metadata
import re

ARGUMENT = "--additional-python-modules"
OPTION = "--python-modules-installer-option"
OPTION_HERE = "--no-index --no-deps"  # all that a job says here comes from S3
_WHEEL = re.compile(r"s3://[^/]+/(?:.+/)?(?P<name>[\w.]+)-(?P<version>[\w.+!]+)-[^/]+\.whl")


def asked_for(argument: str) -> list[str]:
    """List the wheels that a job wants to have installed, each by its place.

    They are for Glue's machine: what runs here is the same release of the package, and it has to be
    installed. Raises ValueError that names what is not.
    """
    places = [place.strip() for place in argument.split(",") if place.strip()]
    for place in places:
        if not (found := _WHEEL.fullmatch(place)):
            raise ValueError(f"{ARGUMENT} holds {place}; the sandbox takes wheels in S3 only")
        here, wanted = _installed(found["name"]), found["version"]
        if here != wanted:
            has = f"has {here}" if here else "does not have it"
            raise ValueError(
                f"{ARGUMENT} holds {found['name']} {wanted}; the sandbox runs what is installed "
                f"beside it, which {has}; install that release"
            )
    return places


def _installed(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None
