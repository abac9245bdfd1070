"""What a synthesized template holds: by type, by role, and decoded for people."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

Template = dict[str, Any]

POLICIES = {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"}
ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")
PRESTO_VIEW = re.compile(r"/\* Presto View: (\S+) \*/")


def without_hashes(text: str) -> str:
    """Blank the hashes of assets in a template's text, so that only design shows."""
    return ASSET_HASH.sub("<asset>", text)


def of_type(found: Template, kind: str) -> dict[str, Template]:
    """List the properties of a template's resources of one type, by logical id."""
    return {
        name: resource.get("Properties", {})
        for name, resource in found["Resources"].items()
        if resource["Type"] == kind
    }


def statements(found: Template, *, role: str) -> list[dict[str, Any]]:
    """Collect what the policies of the role with this logical id prefix allow."""
    return [
        statement
        for resource in found["Resources"].values()
        if resource["Type"] in POLICIES
        and any(r["Ref"].startswith(role) for r in resource["Properties"]["Roles"])
        for statement in resource["Properties"]["PolicyDocument"]["Statement"]
    ]


def in_region(found: Template, region: str) -> Template:
    """Choose, of a template's alternatives, what is deployed in a Region of partition aws."""
    place = {"AWS::Region": region, "AWS::Partition": "aws"}

    def holds(condition: Any) -> bool:
        match condition:
            case {"Fn::Equals": [{"Ref": name}, value]}:
                return bool(place[name] == value)
            case {"Fn::Or": conditions}:
                return any(map(holds, conditions))
            case {"Condition": name}:
                return holds(found["Conditions"][name])
        raise AssertionError(condition)

    def choose(value: Any) -> Any:
        match value:
            case {"Fn::If": [name, yes, no]}:
                return choose(yes if holds(found["Conditions"][name]) else no)
            case dict():
                return {key: choose(inner) for key, inner in value.items()}
            case list():
                return [choose(inner) for inner in value]
        return value

    return {**found, "Resources": choose(found["Resources"])}


def views_of(found: Template) -> Iterator[tuple[Template, Template]]:
    """Yield each Athena view of a template: its table, and the definition that the table holds."""
    for properties in of_type(found, "AWS::Glue::Table").values():
        table = properties.get("TableInput") or {}  # a table of Iceberg has another form
        if view := PRESTO_VIEW.match(table.get("ViewOriginalText", "")):
            yield table, json.loads(base64.b64decode(view[1]))


def readable(found: Template) -> Template:
    """Decode, in place, what a template holds as one text, so that a diff shows SQL and states."""
    for table, definition in views_of(found):
        definition["originalSql"] = definition["originalSql"].splitlines()
        table["ViewOriginalText"] = {"Presto View": definition}
    for machine in of_type(found, "AWS::StepFunctions::StateMachine").values():
        machine["DefinitionString"] = json.loads(machine["DefinitionString"])
    for policy in of_type(found, "AWS::IAM::Policy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            if "<asset>" in json.dumps(statement["Resource"]):  # the CDK sorts them by their hashes
                statement["Resource"] = sorted(statement["Resource"], key=json.dumps)
    return found
