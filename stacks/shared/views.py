"""Views for Athena, made by CloudFormation instead of by a query after it."""

import base64
import json
from collections.abc import Mapping

from aws_cdk import aws_glue as glue

from stacks.shared.athena_types import hive_type
from stacks.shared.tables import columns_of


def view_of_sql(
    name: str, sql: str, types: Mapping[str, str], *, description: str, database: str
) -> glue.CfnTable.TableInputProperty:
    """Describe a view, in the form in which Athena stores one; ``types`` are Trino's, by column.

    https://trino.io/docs/current/connector/hive.html
    """
    definition = {
        "originalSql": sql,
        "catalog": "awsdatacatalog",
        "schema": database,
        "columns": [{"name": column, "type": kind} for column, kind in types.items()],
    }
    encoded = base64.b64encode(json.dumps(definition).encode()).decode()
    return glue.CfnTable.TableInputProperty(
        name=name,
        description=description,
        table_type="VIRTUAL_VIEW",
        parameters={"presto_view": "true", "comment": "Presto View"},
        partition_keys=[],
        view_original_text=f"/* Presto View: {encoded} */",
        view_expanded_text="/* Presto View */",
        storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
            columns=columns_of({column: hive_type(kind) for column, kind in types.items()}),
            serde_info=glue.CfnTable.SerdeInfoProperty(),
        ),
    )
