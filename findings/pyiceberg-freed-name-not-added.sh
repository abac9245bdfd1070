#!/usr/bin/env bash
# pyiceberg 0.12.0, UpdateSchema: a name that a rename gave up is not free before the update is over.
#
# Guess: the calls of one update act one after the other, so that `rename_column("store", "shop")` makes
#        room for another `store`.
# Seen:  names are looked up in the schema before the update. `add_column` raises, and `union_by_name`
#        says nothing and adds nothing: the column is missing, where two updates add it. A name that
#        `delete_column` gave up is free, and two columns may exchange their names in one update.
set -euo pipefail
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
python3 -m venv "$tmp/venv"
"$tmp/venv/bin/pip" install --quiet --disable-pip-version-check "pyiceberg[sql-sqlite]==0.12.0"
cd "$tmp"
venv/bin/python >seen 2>said <<'PY'
from pathlib import Path

from pyiceberg.catalog.memory import InMemoryCatalog
from pyiceberg.schema import Schema
from pyiceberg.types import NestedField, StringType


def schema(*names):
    return Schema(*(NestedField(n, name, StringType(), required=False) for n, name in enumerate(names, 1)))


catalog = InMemoryCatalog("shops", warehouse=Path.cwd().as_uri())
catalog.create_namespace("shop")


def look(what, *updates):
    table = catalog.create_table(("shop", what.replace(" ", "_")), schema("store", "day"))
    try:
        for calls in updates:
            with table.update_schema() as update:
                for name, *arguments in calls:
                    getattr(update, name)(*arguments)
        print(what, *(f"{field.field_id}={field.name}" for field in table.schema().fields), sep=", ")
    except ValueError as error:
        print(what, f"ValueError: {error}", sep=", ")


rename = ("rename_column", "store", "shop")
add = ("add_column", "store", StringType())
union = ("union_by_name", schema("store"))
look("rename and add", [rename, add])
look("rename then add", [rename], [add])
look("rename and union", [rename, union])
look("rename then union", [rename], [union])
look("delete and add", [("delete_column", "store"), add])
look("exchange", [("rename_column", "store", "day"), ("rename_column", "day", "store")])
PY
diff seen - <<'SEEN'
rename and add, ValueError: Cannot add column, name already exists: store
rename then add, 1=shop, 2=day, 3=store
rename and union, 1=shop, 2=day
rename then union, 1=shop, 2=day, 3=store
delete and add, 2=day, 3=store
exchange, 1=day, 2=store
SEEN
echo "as stated"
