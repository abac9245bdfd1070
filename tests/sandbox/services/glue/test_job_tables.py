"""Tables that Glue made and Spark writes, deletes of rows among it, as Athena reads them."""

FIELDS = [
    {"Id": 1, "Name": "id", "Type": "long", "Required": True},
    {"Id": 2, "Name": "at", "Type": "timestamptz", "Required": False},
]
WRITES = """\
import sys
from awsglue.utils import getResolvedOptions
from pyspark.sql import SparkSession
table = "glue_catalog." + getResolvedOptions(sys.argv, ["table"])["table"]
spark = SparkSession.builder.getOrCreate()
spark.sql(f"INSERT INTO {table} SELECT id, timestamp'2026-11-29 10:00:00' FROM range(5)")
spark.sql(f"ALTER TABLE {table} ADD COLUMN price decimal(9,2)")
spark.sql(f"INSERT INTO {table} SELECT id, timestamp'2026-11-30 10:00:00', 1.5 FROM range(5, 7)")
spark.sql(f"DELETE FROM {table} WHERE id IN (1, 6)")
"""


def test_spark_writes_what_glue_made_and_athena_reads_each_snapshot(
    glue, lake, job, run, iceberg, asked
):
    table = {
        "Location": f"s3://{lake}/sales",
        "Schema": {"Fields": FIELDS},
        "PartitionSpec": {"Fields": [{"SourceId": 2, "Name": "at_day", "Transform": "day"}]},
        "Properties": {"write.delete.mode": "merge-on-read"},
    }
    form = {"MetadataOperation": "CREATE", "Version": "2", "CreateIcebergTableInput": table}
    glue.create_table(
        DatabaseName=lake,
        TableInput={"Name": "sales"},
        OpenTableFormatInput={"IcebergInput": form},
    )
    ended = run(job(WRITES, arguments=iceberg), table=f"{lake}.sales")
    assert ended["JobRunState"] == "SUCCEEDED", ended.get("ErrorMessage")

    assert asked("SELECT id, price FROM sales ORDER BY id") == [
        ["0", None], ["2", None], ["3", None], ["4", None], ["5", "1.50"],
    ]  # fmt: skip
    told = asked('SELECT operation, snapshot_id FROM "sales$snapshots" ORDER BY committed_at')
    assert [operation for operation, _ in told] == ["append", "append", "delete"]
    (_, first), (_, second), _ = told
    assert asked(f"SELECT count(*) FROM sales FOR VERSION AS OF {first}") == [["5"]]
    assert asked(f"SELECT max(price) FROM sales FOR VERSION AS OF {second}") == [["1.50"]]
    deletes = asked('SELECT count(*) FROM "sales$files" WHERE content = 1')
    assert deletes == [["2"]]
