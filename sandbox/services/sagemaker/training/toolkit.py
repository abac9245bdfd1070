"""Script mode: what AWS's framework images make of a job's request for the script that they run."""

import json
import os
import shutil
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sandbox.services.sagemaker.containers.objects import Store, TransferError, unpack
from sandbox.services.sagemaker.containers.process import ROOT, Container
from sandbox.services.sagemaker.operations import invalid

# Variables, arguments and files are those of sagemaker-containers and sagemaker-training:
# https://github.com/aws/sagemaker-training-toolkit/blob/master/ENVIRONMENT_VARIABLES.md
HOST = "algo-1"
_OWN = "sagemaker_"
_INPUT, _CONFIG, _CODE = f"{ROOT}/input", f"{ROOT}/input/config", f"{ROOT}/code"
_MODEL, _OUTPUT, _DATA = f"{ROOT}/model", f"{ROOT}/output", f"{ROOT}/output/data"


def program(request: Mapping[str, Any]) -> str | None:
    """Name the script that a job runs; None for one without, which asks for the image's own."""
    given = {**request.get("Environment", {}), **request.get("HyperParameters", {})}
    name = given.get("sagemaker_program") or given.get("SAGEMAKER_PROGRAM")
    return str(decoded(name)) if name else None


def decoded(value: str) -> Any:
    """Read a hyperparameter as the toolkit does: as JSON, else as the text that it is."""
    try:
        return json.loads(value)
    except ValueError:
        return value


def lay_out(container: Container, request: Mapping[str, Any]) -> None:
    """Make the folders of ``/opt/ml`` and the files in which SageMaker describes a job."""
    for folder in (_CONFIG, _CODE, _MODEL, _DATA, f"{_OUTPUT}/intermediate"):
        container.path(folder).mkdir(parents=True, exist_ok=True)
    for name, content in {
        "hyperparameters": request.get("HyperParameters", {}),
        "inputdataconfig": _channels(request),
        "resourceconfig": _resources(request),
    }.items():
        text = json.dumps(content)
        container.path(f"{_CONFIG}/{name}.json").write_text(text, encoding="utf-8")


def fetch_code(container: Container, request: Mapping[str, Any], store: Store) -> None:
    """Put the script and what came with it into ``/opt/ml/code``.

    Raises TransferError for code that cannot be read, and for what holds no such script.
    """
    given = {**request.get("Environment", {}), **request.get("HyperParameters", {})}
    place = given.get("sagemaker_submit_directory") or given.get("SAGEMAKER_SUBMIT_DIRECTORY")
    code, name = container.path(_CODE), program(request)
    if not place:
        raise TransferError("sagemaker_submit_directory is missing: there is no code to run")
    where = str(decoded(place))
    if where.startswith("s3://"):
        if request.get("EnableNetworkIsolation"):
            raise TransferError(
                f"network isolation: the job cannot fetch {where}; give the code as a channel"
            )
        archive = container.base.parent / "sourcedir.tar.gz"
        archive.write_bytes(store.get(where))
        unpack(archive, code)
    else:
        _take(container.path(where), code)
    if not (code / str(name)).is_file():
        raise TransferError(f"there is no {name} in {where}")


def _take(found: Path, code: Path) -> None:
    """Take code that a channel brought: a folder, or an archive, which may lie alone in one."""
    alone = list(found.iterdir()) if found.is_dir() else [found]
    if len(alone) == 1 and alone[0].is_file() and tarfile.is_tarfile(alone[0]):
        unpack(alone[0], code)
    elif found.is_dir():
        shutil.copytree(found, code, dirs_exist_ok=True)
    else:
        raise TransferError(f"there is no code at {found.name}")


def command(request: Mapping[str, Any]) -> list[str]:
    """Compose the command: each hyperparameter of the job's own is an argument of the script."""
    name = str(program(request))
    if not name.endswith(".py"):
        raise invalid(f"sagemaker_program is {name}; the sandbox runs Python scripts (*.py)")
    return ["python3", name, *_arguments(_own(request))]


def environment(request: Mapping[str, Any], arn: str) -> dict[str, str]:
    """Compose the variables that the toolkit gives a script."""
    hyperparameters = _own(request)
    framework = {
        name: decoded(value)
        for name, value in request.get("HyperParameters", {}).items()
        if name.startswith(_OWN)
    }
    channels = _channels(request)
    script = program(request) or ""
    resources = _resources(request)
    values: dict[str, Any] = {
        "SM_HOSTS": [HOST],
        "SM_CURRENT_HOST": HOST,
        "SM_CURRENT_INSTANCE_TYPE": resources["current_instance_type"],
        "SM_CURRENT_INSTANCE_GROUP": resources["current_group_name"],
        "SM_MASTER_HOST": HOST,
        "SM_IS_MASTER": True,
        "SM_NETWORK_INTERFACE_NAME": resources["network_interface_name"],
        "SM_NUM_CPUS": os.cpu_count() or 1,
        "SM_NUM_GPUS": 0,
        "SM_LOG_LEVEL": 20,
        "SM_HPS": hyperparameters,
        "SM_USER_ENTRY_POINT": script,
        "SM_MODULE_NAME": script.removesuffix(".py"),
        "SM_MODULE_DIR": framework.get("sagemaker_submit_directory", _CODE),
        "SM_USER_ARGS": _arguments(hyperparameters),
        "SM_FRAMEWORK_PARAMS": framework,
        "SM_RESOURCE_CONFIG": resources,
        "SM_INPUT_DATA_CONFIG": channels,
        "SM_CHANNELS": sorted(channels),
        "SM_MODEL_DIR": _MODEL,
        "SM_INPUT_DIR": _INPUT,
        "SM_INPUT_CONFIG_DIR": _CONFIG,
        "SM_OUTPUT_DIR": _OUTPUT,
        "SM_OUTPUT_DATA_DIR": _DATA,
        "SM_OUTPUT_INTERMEDIATE_DIR": f"{_OUTPUT}/intermediate",
        "TRAINING_JOB_NAME": request["TrainingJobName"],
        "TRAINING_JOB_ARN": arn,
        "PYTHONPATH": _CODE,
    }
    for name in channels:
        values[f"SM_CHANNEL_{name.upper()}"] = f"{_INPUT}/data/{name}"
    for name, value in hyperparameters.items():
        values[f"SM_HP_{name.upper()}"] = value
    values["SM_TRAINING_ENV"] = {
        "hyperparameters": hyperparameters,
        "channel_input_dirs": {name: f"{_INPUT}/data/{name}" for name in channels},
        "model_dir": _MODEL,
        "output_data_dir": _DATA,
        "current_host": HOST,
        "hosts": [HOST],
        "job_name": request["TrainingJobName"],
        "user_entry_point": script,
    }
    written = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in values.items()
    }
    return {**written, **request.get("Environment", {})}


def failure(container: Container, code: int, command: Sequence[str]) -> str:
    """Say why a job failed whose command ended with this exit code.

    What the script wrote to ``output/failure`` comes first. Without it the reason is what the
    toolkit writes when it captures errors: the last line of the log, and the command.
    """
    path = container.path(f"{_OUTPUT}/failure")
    if path.is_file():
        said = path.read_text(encoding="utf-8", errors="replace")[:900]
    else:
        said = (
            f'ExecuteUserScriptError:\nExitCode {code}\nErrorMessage "{container.last_error}"\n'
            f'Command "{" ".join(command)}"'
        )
    return f"AlgorithmError: {said}, exit code: {code}"


def _own(request: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: decoded(value)
        for name, value in request.get("HyperParameters", {}).items()
        if not name.startswith(_OWN)
    }


def _arguments(hyperparameters: Mapping[str, Any]) -> list[str]:
    found = list[str]()
    for name in sorted(hyperparameters):
        value = hyperparameters[name]
        if isinstance(value, dict):
            value = ",".join(f"{key}={inner}" for key, inner in sorted(value.items()))
        found += [f"-{name}" if len(name) == 1 else f"--{name}", str(value)]
    return found


def _channels(request: Mapping[str, Any]) -> dict[str, Any]:
    """Describe channels as ``inputdataconfig.json`` does."""
    return {
        channel["ChannelName"]: {
            "TrainingInputMode": channel.get("InputMode")
            or request["AlgorithmSpecification"]["TrainingInputMode"],
            "S3DistributionType": channel["DataSource"]["S3DataSource"].get(
                "S3DataDistributionType", "FullyReplicated"
            ),
            "RecordWrapperType": channel.get("RecordWrapperType", "None"),
            **({"ContentType": channel["ContentType"]} if "ContentType" in channel else {}),
        }
        for channel in request.get("InputDataConfig", [])
    }


def _resources(request: Mapping[str, Any]) -> dict[str, Any]:
    kind, group = request["ResourceConfig"]["InstanceType"], "homogeneousCluster"
    return {
        "current_host": HOST,
        "current_instance_type": kind,
        "current_group_name": group,
        "hosts": [HOST],
        "instance_groups": [{"instance_group_name": group, "instance_type": kind, "hosts": [HOST]}],
        "network_interface_name": "lo",
    }
