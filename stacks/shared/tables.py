"""Tables for Athena over files, whose partitions are projected: none is ever registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aws_cdk import aws_glue as glue

Partition = Mapping[str, str]  # settings of the projection, and the ``folder=`` of the path


@dataclass(frozen=True, slots=True)
class FileFormat:
    """How Athena reads files and writes them: Hive's classes, and the table's parameters."""

    parameters: Mapping[str, str]
    serde: glue.CfnTable.SerdeInfoProperty
    input_format: str
    output_format: str


@dataclass(frozen=True, slots=True)
class Rows:
    """What files hold: columns with Hive's types, and the format that Athena reads them in."""

    columns: Mapping[str, str]
    format: FileFormat


def csv_rows(columns: Sequence[str]) -> Rows:
    """Read RFC 4180 files with a header; every column is text, and a view gives it its type.

    OpenCSVSerde reads a number's empty cell as an error and a date as days since 1970, which is
    why no type is declared here.
    """
    return Rows(
        columns=dict.fromkeys(columns, "string"),
        format=_lines_of_text(
            {"classification": "csv", "skip.header.line.count": "1"},
            glue.CfnTable.SerdeInfoProperty(
                serialization_library="org.apache.hadoop.hive.serde2.OpenCSVSerde",
                parameters={"separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"},
            ),
        ),
    )


def json_rows(columns: Mapping[str, str]) -> Rows:
    """Read files of one JSON object per line; columns have Hive's types, nested ones too."""
    return Rows(
        columns=columns,
        format=_lines_of_text(
            {"classification": "json"},
            glue.CfnTable.SerdeInfoProperty(
                serialization_library="org.openx.data.jsonserde.JsonSerDe",
                # A line that is no JSON fails the query: to skip it would lose a document unseen.
                parameters={"ignore.malformed.json": "false", "case.insensitive": "true"},
            ),
        ),
    )


def parquet_rows(columns: Mapping[str, str]) -> Rows:
    """Read Parquet files by the names of their columns; columns have Hive's types."""
    parquet = "org.apache.hadoop.hive.ql.io.parquet"
    return Rows(
        columns=columns,
        format=FileFormat(
            {"classification": "parquet"},
            glue.CfnTable.SerdeInfoProperty(
                serialization_library=f"{parquet}.serde.ParquetHiveSerDe"
            ),
            input_format=f"{parquet}.MapredParquetInputFormat",
            output_format=f"{parquet}.MapredParquetOutputFormat",
        ),
    )


def _lines_of_text(
    parameters: Mapping[str, str], serde: glue.CfnTable.SerdeInfoProperty
) -> FileFormat:
    return FileFormat(
        parameters,
        serde,
        input_format="org.apache.hadoop.mapred.TextInputFormat",
        output_format="org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
    )


def projected_days(kept: int) -> Partition:
    """Project the days that can hold files, a day ahead too: not all clocks are right."""
    return {
        "folder": "day",
        "type": "date",
        "format": "yyyy-MM-dd",
        "range": f"NOW-{kept}DAYS,NOW+2DAYS",
        "interval": "1",
        "interval.unit": "DAYS",
    }


def table_of_files(
    name: str,
    rows: Rows,
    *,
    description: str,
    location: str,
    partitions: Mapping[str, Partition],
) -> glue.CfnTable.TableInputProperty:
    """Describe a table; ``location`` is as ``s3://bucket/prefix/``, partitions are its folders."""
    folders = "".join(f"{part['folder']}=${{{key}}}/" for key, part in partitions.items())
    projection = {
        f"projection.{key}.{setting}": value
        for key, part in partitions.items()
        for setting, value in part.items()
        if setting != "folder"
    }
    return glue.CfnTable.TableInputProperty(
        name=name,
        description=description,
        table_type="EXTERNAL_TABLE",
        parameters={
            **rows.format.parameters,
            "projection.enabled": "true",
            **projection,
            "storage.location.template": location + folders,
        },
        partition_keys=columns_of(dict.fromkeys(partitions, "string")),
        storage_descriptor=glue.CfnTable.StorageDescriptorProperty(
            columns=columns_of(rows.columns),
            location=location,
            input_format=rows.format.input_format,
            output_format=rows.format.output_format,
            serde_info=rows.format.serde,
        ),
    )


def columns_of(types: Mapping[str, str]) -> list[glue.CfnTable.ColumnProperty]:
    """Write columns, with their types of Hive, as Glue wants them."""
    return [glue.CfnTable.ColumnProperty(name=name, type=kind) for name, kind in types.items()]
