"""Models: containers with their data, checked with the rights of the role that they run as."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.sagemaker import names, operations, pages, tags
from sandbox.services.sagemaker.containers import images
from sandbox.services.sagemaker.hosting import definitions, model_data
from sandbox.services.sagemaker.hosting.definitions import Definition
from sandbox.services.sagemaker.operations import Request, invalid
from sandbox.services.sagemaker.registry import packages
from sandbox.services.sagemaker.roles import Role

_OF_PACKAGE = ("Image", "ModelDataUrl", "ModelDataSource", "ContainerHostname")
_CARRIED = (
    *("ModelName", "PrimaryContainer", "Containers", "InferenceExecutionConfig"),
    *("ExecutionRoleArn", "VpcConfig", "EnableNetworkIsolation", "Tags"),
)


@dataclass(frozen=True, slots=True)
class Model:
    """A model as it was created."""

    name: str
    arn: str
    role_arn: str
    containers: tuple[Definition, ...]
    is_isolated: bool
    is_direct: bool
    made_at: float
    given: Mapping[str, Any]

    @property
    def role(self) -> Role:
        """Have SageMaker assume its role, to work for it; raises ServiceError."""
        return Role(self.role_arn, self.arn)

    @property
    def is_multi_model(self) -> bool:
        """Tell whether requests name the model that answers."""
        return any(container.is_multi_model for container in self.containers)

    def described(self) -> dict[str, Any]:
        """Show it as DescribeModel does."""
        shown = {name: value for name, value in self.given.items() if name != "Tags"}
        return {
            "EnableNetworkIsolation": False,
            **shown,
            "ModelArn": self.arn,
            "CreationTime": self.made_at,
        }


_models: Any = responses.AccountRegionScopedDict()


def install() -> None:
    """Serve the operations."""
    operations.add(
        {
            "CreateModel": create,
            "DescribeModel": lambda request: found(request["ModelName"]).described(),
            "ListModels": _list,
            "DeleteModel": delete,
        }
    )
    operations.on_reset(_models._data.clear)


def create(request: Request) -> Request:
    """Create a model, once it is sure that its role can read its data."""
    operations.refuse_beyond("CreateModel", request, _CARRIED)
    name = request["ModelName"]
    arn = names.arn("model", name)
    if name in _models:
        raise invalid(f'Cannot create already existing model "{arn}".')
    given = _containers(request)
    role = request.get("ExecutionRoleArn")
    if not role:
        raise invalid("ExecutionRoleArn is missing: the sandbox reads a model's data as its role")
    mode = (request.get("InferenceExecutionConfig") or {}).get("Mode", "Serial")
    containers = tuple(
        definitions.read(container, number, len(given))
        for number, container in enumerate(given, start=1)
    )
    if len({container.hostname for container in containers}) < len(containers):
        raise invalid("Each container of a model must have another ContainerHostname.")
    if len(containers) > 1 and any(container.is_multi_model for container in containers):
        raise invalid("the sandbox does not carry a multi-model container within a pipeline")
    for container in containers:
        images.found(container.image)
        try:
            model_data.require(container.data_uri, role, arn)
        except model_data.DataError as error:
            raise invalid(str(error)) from error
    made = Model(
        name=name,
        arn=arn,
        role_arn=role,
        containers=containers,
        is_isolated=bool(request.get("EnableNetworkIsolation")),
        is_direct=mode == "Direct",
        made_at=CLOCK.time(),
        given=request,
    )
    tags.put(arn, request.get("Tags"))
    _models[name] = made
    return {"ModelArn": arn}


def find(name: str) -> Model | None:
    """Find a model by its name."""
    model: Model | None = _models.get(name)
    return model


def found(name: str) -> Model:
    """Find a model; raises ServiceError where there is none."""
    model = find(name)
    if model is None:
        raise invalid(f'Could not find model "{names.arn("model", name)}".')
    return model


def all_names() -> list[str]:
    """Name the models of the account in this Region."""
    return list(_models)


def delete(request: Request) -> Request:
    """Delete a model; endpoints that have it go on."""
    model = found(request["ModelName"])
    _models.pop(model.name)
    tags.drop(model.arn)
    return {}


def _list(request: Request) -> Request:
    shown = [
        {"ModelName": each.name, "ModelArn": each.arn, "CreationTime": each.made_at}
        for each in list(_models.values())
    ]
    return pages.page(request, "Models", shown, name="ModelName")


def _containers(request: Request) -> list[Request]:
    primary, several = request.get("PrimaryContainer"), request.get("Containers")
    if bool(primary) == bool(several):
        raise invalid("You must provide either PrimaryContainer or Containers, and not both.")
    given = [primary] if primary else list(several or ())
    return [found for container in given for found in _of_package(container)]


def _of_package(container: Request) -> list[Request]:
    """Take the containers of a model package, if one is named, with what is said beside it."""
    name = container.get("ModelPackageName")
    if not name:
        return [container]
    package = packages.found(name)
    if package["ModelApprovalStatus"] != "Approved":
        raise invalid(
            f"ModelPackage {name} is {package['ModelApprovalStatus']}; a model is created of one "
            "that is Approved."
        )
    said = {key: value for key, value in container.items() if key != "ModelPackageName"}
    operations.refuse_beyond(
        "a container of a model package", said, ("Environment", "ContainerHostname")
    )
    return [
        {
            **{key: found[key] for key in _OF_PACKAGE if key in found},
            **said,
            "Environment": {**found.get("Environment", {}), **said.get("Environment", {})},
        }
        for found in package["InferenceSpecification"]["Containers"]
    ]
