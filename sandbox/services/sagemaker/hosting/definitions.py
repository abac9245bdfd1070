"""What a container is to be, read from a model's definition; what cannot run here is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core.emulator import ServiceError

Given = Mapping[str, Any]
MODEL_DIR = "/opt/ml/model"
_NOT_CARRIED = ("ImageConfig", "AdditionalModelDataSources", "ContainerMetricsConfig")
_CODE = re.compile(r"/opt/ml/model/([\w./-]+)")
_PRIMARY = "primary"


@dataclass(frozen=True, slots=True)
class Definition:
    """A container: its image, where its model lies, what its environment says."""

    image: str
    data_uri: str  # an archive, or with a / at its end the prefix of files or of archives
    environment: Mapping[str, str]
    is_multi_model: bool
    hostname: str
    program: str  # the script of script mode, none in algorithm mode
    code_dir: str  # where the script lies in the model's archive

    @property
    def most_bytes(self) -> int:
        """Tell how large a request the image's server takes.

        https://github.com/aws/sagemaker-xgboost-container/blob/master/src/sagemaker_xgboost_container/serving.py
        """
        asked = self.environment.get("SAGEMAKER_MAX_REQUEST_SIZE", "")
        return int(asked) if asked.isdecimal() else 6 * 1024**2


def read(given: Given, number: int, of: int) -> Definition:
    """Read one of a model's containers. Raises ServiceError for what does not run here."""
    for name in _NOT_CARRIED:
        if name in given:
            raise _invalid(f"the sandbox does not carry ContainerDefinition.{name}")
    environment = dict(given.get("Environment") or {})
    program = environment.get("SAGEMAKER_PROGRAM", "")
    is_multi_model = given.get("Mode", "SingleModel") == "MultiModel"
    if is_multi_model and program:
        # What the image says when it starts; the endpoint would fail.
        raise _invalid("Multi model not supported in script mode of the XGBoost image.")
    hostname = given.get("ContainerHostname") or (_PRIMARY if of == 1 else f"container-{number}")
    return Definition(
        image=str(given.get("Image", "")),
        data_uri=_data_uri(given, is_multi_model=is_multi_model),
        environment=environment,
        is_multi_model=is_multi_model,
        hostname=hostname,
        program=program,
        code_dir=_code_dir(environment) if program else "",
    )


def _data_uri(given: Given, *, is_multi_model: bool) -> str:
    url, source = given.get("ModelDataUrl"), (given.get("ModelDataSource") or {})
    s3 = source.get("S3DataSource")
    if bool(url) == bool(s3):
        raise _invalid("give either ModelDataUrl or ModelDataSource, as the sandbox runs no image")
    if s3:
        for name in ("ModelAccessConfig", "HubAccessConfig", "ManifestS3Uri"):
            if name in s3:
                raise _invalid(f"the sandbox does not carry S3DataSource.{name}")
        is_archive = s3["CompressionType"] == "Gzip"
        if is_archive != (s3["S3DataType"] == "S3Object"):
            raise _invalid("S3DataType S3Object goes with Gzip, and S3Prefix with None")
        url = s3["S3Uri"] if is_archive else s3["S3Uri"].rstrip("/") + "/"
    url = str(url)
    if not re.fullmatch(r"s3://[^/]+/.+", url):
        raise _invalid(f'Invalid model data URL "{url}": the sandbox reads s3://bucket/key')
    if is_multi_model:
        return url.rstrip("/") + "/"
    if not s3 and not url.endswith(".tar.gz"):
        raise _invalid(f'Model data "{url}" must be a tar archive, compressed with gzip (.tar.gz)')
    return url


def _code_dir(environment: Given) -> str:
    place = environment.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
    found = _CODE.fullmatch(place)
    if found is None:
        raise _invalid(
            f"SAGEMAKER_SUBMIT_DIRECTORY is {place!r}; the sandbox runs a script that travels "
            f"with its model: {MODEL_DIR}/code"
        )
    return found[1]


def _invalid(message: str) -> ServiceError:
    return ServiceError("ValidationException", message)
