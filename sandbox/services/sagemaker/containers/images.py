"""Which images run here: those whose libraries are installed, at the image's own release."""

import importlib.metadata
import re
from typing import NamedTuple

from sandbox.core.upstream import responses
from sandbox.services.sagemaker.operations import invalid

_URI = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/"
    r"(?P<repository>[a-z0-9._/-]+)(:(?P<tag>[\w.-]+))?(@(?P<digest>sha256:[0-9a-f]{64}))?"
)
_TAG = re.compile(r"(?P<version>\d+\.\d+)-(?P<patch>\d+)(-cpu-py3)?")
# Repository -> the package here whose release its tag names, such as 3.0-5 for 3.0.5.
# https://docs.aws.amazon.com/sagemaker/latest/dg-ecr-paths/sagemaker-algo-docker-registry-paths.html
_LIBRARIES = {"sagemaker-xgboost": "xgboost-cpu"}


class Image(NamedTuple):
    """An image that runs here, as a process with the library that it would bring."""

    repository: str
    tag: str
    library: str
    release: str


def found(uri: str) -> Image:
    """Find an image by its URI. Raises ServiceError that names what cannot run, and what can."""
    parts = _URI.fullmatch(uri)
    if parts is None:
        raise invalid(
            f"ClientError: {uri} is not an image of Amazon ECR; the sandbox runs {_runs()}"
        )
    if parts["region"] != responses.get_region():
        raise invalid(
            f"ClientError: the image {uri} is in {parts['region']}; it must be in "
            f"{responses.get_region()}, where it is used"
        )
    package = _LIBRARIES.get(parts["repository"])
    tag = _TAG.fullmatch(parts["tag"] or "")
    if package is None or tag is None or parts["digest"]:
        raise invalid(f"ClientError: the sandbox cannot run the image {uri}; it runs {_runs()}")
    release = f"{tag['version']}.{tag['patch']}"
    if release != importlib.metadata.version(package):
        raise invalid(
            f"ClientError: the sandbox cannot run the image {uri}, which has {package} {release}; "
            f"it runs {_runs()}"
        )
    return Image(parts["repository"], str(parts["tag"]), package, release)


def _runs() -> str:
    versions = {name: importlib.metadata.version(it) for name, it in _LIBRARIES.items()}
    return ", ".join(
        f"{name}:{'-'.join(version.rsplit('.', 1))}" for name, version in versions.items()
    )
