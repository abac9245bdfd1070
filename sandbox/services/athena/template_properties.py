"""AWS::Athena: saved queries, which the emulator has no type for, and workgroups."""

from collections.abc import Mapping
from typing import Any

from sandbox.core import emulator
from sandbox.services.athena.upstream import athena
from sandbox.services.cloudformation.replies import result_of
from sandbox.services.cloudformation.unread_properties import read_at_deletion

Properties = Mapping[str, Any]


def install() -> None:
    """Finish what a template makes or changes."""
    emulator.after_create(
        "AWS::Athena::WorkGroup",
        read_at_deletion("RecursiveDeleteOption"),
        because="read only when the workgroup is deleted, so it is no property that was dropped",
    )
    emulator.add_resource_type(
        "AWS::Athena::NamedQuery",
        create=_create_query,
        delete=_delete_query,
        update=_replace_query,
    )


def _create_query(_logical_id: str, properties: Properties, _stack: str) -> tuple[str, Properties]:
    request = {
        name: properties[name]
        for name in ("Name", "Database", "QueryString", "Description", "WorkGroup")
        if properties.get(name) is not None
    }
    request.setdefault("Name", _logical_id)
    query_id = str(result_of(athena._create_named_query(request))["NamedQueryId"])
    return query_id, {"NamedQueryId": query_id}


def _replace_query(
    query_id: str, _old: Properties, new: Properties, stack: str
) -> tuple[str, Properties]:
    made = _create_query(query_id, new, stack)
    _delete_query(query_id, new)
    return made


def _delete_query(query_id: str, _properties: Properties) -> None:
    athena._delete_named_query({"NamedQueryId": query_id})
