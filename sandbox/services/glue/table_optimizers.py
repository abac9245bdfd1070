"""Table optimizers: kept and described. None runs here, and none is said to have run."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator, patching
from sandbox.core.emulator import ServiceError
from sandbox.core.upstream import responses
from sandbox.services.athena.engine.tables import is_iceberg
from sandbox.services.cloudformation.unread_properties import plain
from sandbox.services.glue import operations, roles
from sandbox.services.glue.upstream import glue

Request = Mapping[str, Any]
# Of a configuration, the part that is for a type alone.
_TYPES = {
    "compaction": "compactionConfiguration",
    "retention": "retentionConfiguration",
    "orphan_file_deletion": "orphanFileDeletionConfiguration",
}
_optimizers = responses.AccountRegionScopedDict()


def install() -> None:
    """Serve the API, and teach CloudFormation the type."""
    operations.add(
        {
            "CreateTableOptimizer": create,
            "UpdateTableOptimizer": update,
            "DeleteTableOptimizer": delete,
            "GetTableOptimizer": get,
            "ListTableOptimizerRuns": runs,
        }
    )
    emulator.add_resource_type(
        "AWS::Glue::TableOptimizer",
        create=_create_of_template,
        delete=_delete_of_template,
        update=_update_of_template,
    )
    patching.wrap(glue, "_delete_table", _deleting, because="its optimizers go with a table")
    patching.wrap(glue, "reset", _resetting, because="a reset forgets our optimizers too")


def create(request: Request) -> None:
    """Keep an optimizer of a table of Iceberg, one of each type."""
    place = _place(request)
    table = glue._tables.get(f"{place[0]}/{place[1]}")
    if table is None:
        raise ServiceError("EntityNotFoundException", f"Table {place[1]} not found")
    if not is_iceberg(table):
        raise ServiceError("InvalidInputException", f"Table {place[1]} is not an Iceberg table")
    if place in _optimizers:
        raise ServiceError("AlreadyExistsException", f"{place[1]} has a {place[2]} optimizer")
    _optimizers[place] = _configuration(request)


def update(request: Request) -> None:
    """Change an optimizer."""
    _found(request)
    _optimizers[_place(request)] = _configuration(request)


def delete(request: Request) -> None:
    """Forget an optimizer."""
    _found(request)
    del _optimizers[_place(request)]


def get(request: Request) -> Request:
    """Describe an optimizer; there is no last run, as none has run."""
    configuration = _found(request)
    database, name, kind = _place(request)
    return {
        "CatalogId": responses.get_account_id(),
        "DatabaseName": database,
        "TableName": name,
        "TableOptimizer": {"type": kind, "configuration": configuration},
    }


def runs(request: Request) -> Request:
    """List the runs of an optimizer: there are none."""
    _found(request)
    database, name, _ = _place(request)
    shown = {"CatalogId": responses.get_account_id(), "DatabaseName": database}
    return {**shown, "TableName": name, "TableOptimizerRuns": []}


def _place(request: Request) -> tuple[str, str, str]:
    catalog, own = request["CatalogId"], responses.get_account_id()
    if catalog != own:
        raise ServiceError("EntityNotFoundException", f"Catalog {catalog} not found; it is {own}")
    kind = str(request["Type"])
    if kind not in _TYPES:
        why = f"Type is {kind}; allowed: {', '.join(_TYPES)}"
        raise ServiceError("InvalidInputException", why)
    return str(request["DatabaseName"]).lower(), str(request["TableName"]).lower(), kind


def _found(request: Request) -> Request:
    place = _place(request)
    found: Request | None = _optimizers.get(place)
    if found is None:
        message = f"{place[1]} has no {place[2]} optimizer"
        raise ServiceError("EntityNotFoundException", message)
    return found


def _configuration(request: Request) -> Request:
    given = request["TableOptimizerConfiguration"]
    if not given.get("roleArn"):
        raise ServiceError("InvalidInputException", "a table optimizer needs a role")
    own = _TYPES[str(request["Type"])]
    if others := sorted(set(given) & (set(_TYPES.values()) - {own})):
        why = f"{', '.join(others)} is of another type than {request['Type']}"
        raise ServiceError("InvalidInputException", why)
    if given.get("vpcConfiguration"):
        raise ServiceError("InvalidInputException", "the sandbox has no connections of Glue")
    roles.credentials(str(given["roleArn"]), session="TableOptimizer")
    return dict(given)


def _request(properties: Request) -> dict[str, Any]:
    """Spell a template's properties as the API does."""
    configuration = _spelled(properties["TableOptimizerConfiguration"])
    return {**properties, "TableOptimizerConfiguration": configuration}


def _spelled(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name[0].lower() + name[1:]: _spelled(inner) for name, inner in value.items()}
    return value


def _create_of_template(
    _logical_id: str, properties: Request, _stack: str
) -> tuple[str, dict[str, Any]]:
    request = _request(properties)
    try:
        create(request)
    except ServiceError as error:
        raise ValueError(error.message) from error
    return "|".join(_place(request)), {}


def _update_of_template(
    physical_id: str, old: Request, new: Request, stack: str
) -> tuple[str, dict[str, Any]]:
    if _place(plain(old)) == _place(plain(new)):
        update(_request(new))
        return physical_id, {}
    made = _create_of_template(physical_id, new, stack)
    _delete_of_template(physical_id, old)
    return made


def _delete_of_template(_physical_id: str, properties: Request) -> None:
    _optimizers.pop(_place(plain(properties)), None)


def _deleting(original: Any) -> Any:
    def delete_table(data: dict[str, Any]) -> Any:
        reply = original(data)
        of_table = (str(data.get("DatabaseName")).lower(), str(data.get("Name")).lower())
        for place in [p for p in list(_optimizers.keys()) if p[:2] == of_table and reply[0] < 300]:
            del _optimizers[place]
        return reply

    return delete_table


def _resetting(original: Any) -> Any:
    def reset() -> None:
        _optimizers.clear()
        original()

    return reset
