"""What SQL over a bucket needs: a database, tables of CSV or JSON, views, and a workgroup."""

import base64
import json
from collections.abc import Mapping, Sequence

from aws_cdk import Aws, Duration
from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from stacks.shared.athena_types import hive_type
from stacks.shared.bucket import AccessLogBucket, PrivateBucket

ENGINE = "Athena engine version 3"


class GlueDatabase(glue.CfnDatabase):
    """A database; its name is made of the stack's, as Glue asks for one."""

    def __init__(
        self, scope: Construct, construct_id: str, *, stack_name: str, description: str
    ) -> None:
        # SQL without quotes wants lower case and underscores.
        self.name = stack_name.lower().replace("-", "_")
        super().__init__(
            scope,
            construct_id,
            catalog_id=Aws.ACCOUNT_ID,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=self.name, description=description
            ),
        )


class _ProjectedTable(glue.CfnTable):
    """Text files below a prefix; their partitions are projected: none is ever registered."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        database: GlueDatabase,
        bucket: s3.IBucket,
        prefix: str,
        columns: Mapping[str, str],
        partitions: Mapping[str, Mapping[str, str]],
        format_of_files: Mapping[str, str],
        serde: glue.CfnTable.SerdeInfoProperty,
    ) -> None:
        location = f"s3://{bucket.bucket_name}/{prefix}"
        folders = "".join(f"{part['folder']}=${{{key}}}/" for key, part in partitions.items())
        projection = {
            f"projection.{key}.{setting}": value
            for key, part in partitions.items()
            for setting, value in part.items()
            if setting != "folder"
        }
        super().__init__(
            scope,
            construct_id,
            catalog_id=Aws.ACCOUNT_ID,
            database_name=database.name,
            table_input=glue.CfnTable.TableInputProperty(
                name=name,
                description=description,
                table_type="EXTERNAL_TABLE",
                parameters={
                    **format_of_files,
                    "projection.enabled": "true",
                    **projection,
                    "storage.location.template": location + folders,
                },
                partition_keys=[_column(key, "string") for key in partitions],
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[_column(column, kind) for column, kind in columns.items()],
                    location=location,
                    input_format="org.apache.hadoop.mapred.TextInputFormat",
                    output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
                    serde_info=serde,
                ),
            ),
        )
        self.add_resource_dependency(database)


class CsvTable(_ProjectedTable):
    """RFC 4180 files with a header; every column is text, and a view gives it its type.

    OpenCSVSerde reads a number's empty cell as an error and a date as days since 1970, which is
    why no type is declared here.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        database: GlueDatabase,
        bucket: s3.IBucket,
        prefix: str,
        columns: Sequence[str],
        partitions: Mapping[str, Mapping[str, str]],
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            name=name,
            description=description,
            database=database,
            bucket=bucket,
            prefix=prefix,
            columns=dict.fromkeys(columns, "string"),
            partitions=partitions,
            format_of_files={"classification": "csv", "skip.header.line.count": "1"},
            serde=glue.CfnTable.SerdeInfoProperty(
                serialization_library="org.apache.hadoop.hive.serde2.OpenCSVSerde",
                parameters={"separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"},
            ),
        )


class JsonTable(_ProjectedTable):
    """Files of one JSON object per line; columns have Hive's types, nested ones too."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        database: GlueDatabase,
        bucket: s3.IBucket,
        prefix: str,
        columns: Mapping[str, str],
        partitions: Mapping[str, Mapping[str, str]],
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            name=name,
            description=description,
            database=database,
            bucket=bucket,
            prefix=prefix,
            columns=columns,
            partitions=partitions,
            format_of_files={"classification": "json"},
            serde=glue.CfnTable.SerdeInfoProperty(
                serialization_library="org.openx.data.jsonserde.JsonSerDe",
                # A line that is no JSON fails the query: to skip it would lose a document unseen.
                parameters={"ignore.malformed.json": "false", "case.insensitive": "true"},
            ),
        )


class View(glue.CfnTable):
    """An Athena view, made by CloudFormation instead of by a query after it."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        description: str,
        database: GlueDatabase,
        sql: str,
        columns: Mapping[str, str],
    ) -> None:
        # The form in which Athena itself stores a view: https://trino.io/docs/current/connector/hive.html
        definition = {
            "originalSql": sql,
            "catalog": "awsdatacatalog",
            "schema": database.name,
            "columns": [{"name": name, "type": kind} for name, kind in columns.items()],
        }
        encoded = base64.b64encode(json.dumps(definition).encode()).decode()
        super().__init__(
            scope,
            construct_id,
            catalog_id=Aws.ACCOUNT_ID,
            database_name=database.name,
            table_input=glue.CfnTable.TableInputProperty(
                name=name,
                description=description,
                table_type="VIRTUAL_VIEW",
                parameters={"presto_view": "true", "comment": "Presto View"},
                partition_keys=[],
                view_original_text=f"/* Presto View: {encoded} */",
                view_expanded_text="/* Presto View */",
                storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
                    columns=[_column(name, hive_type(kind)) for name, kind in columns.items()],
                    serde_info=glue.CfnTable.SerdeInfoProperty(),
                ),
            ),
        )
        self.add_resource_dependency(database)


class QueryWorkgroup(Construct):
    """Where queries run: on a pinned engine, within a limit of bytes, with results that expire."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stack_name: str,
        key: kms.IKey,
        access_logs: AccessLogBucket,
        bytes_cutoff: int,
        results_expire_after: Duration,
        disposable: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = stack_name
        self.results = PrivateBucket(
            self,
            "Results",
            key=key,
            access_logs=access_logs,
            expires_after=results_expire_after,
            disposable=disposable,
        )
        results = athena.CfnWorkGroup.ResultConfigurationProperty(
            output_location=f"s3://{self.results.bucket_name}/",
            expected_bucket_owner=Aws.ACCOUNT_ID,
            encryption_configuration=athena.CfnWorkGroup.EncryptionConfigurationProperty(
                encryption_option="SSE_KMS", kms_key=key.key_arn
            ),
        )
        self.resource = athena.CfnWorkGroup(
            self,
            "Resource",
            name=self.name,
            # A workgroup with a query history cannot be deleted otherwise.
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=bytes_cutoff,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version=ENGINE
                ),
                result_configuration=results,
            ),
        )

    def save_query(
        self, construct_id: str, *, name: str, description: str, database: GlueDatabase, sql: str
    ) -> None:
        """Offer a query under a name to everyone who uses the workgroup."""
        query = athena.CfnNamedQuery(
            self,
            construct_id,
            name=name,
            description=description,
            database=database.name,
            work_group=self.name,
            query_string=sql,
        )
        query.add_resource_dependency(self.resource)


def _column(name: str, kind: str) -> glue.CfnTable.ColumnProperty:
    return glue.CfnTable.ColumnProperty(name=name, type=kind)


def projected_days(kept: int) -> dict[str, str]:
    """Project the days that can hold files, a day ahead too: not all clocks are right."""
    return {
        "folder": "day",
        "type": "date",
        "format": "yyyy-MM-dd",
        "range": f"NOW-{kept}DAYS,NOW+2DAYS",
        "interval": "1",
        "interval.unit": "DAYS",
    }
