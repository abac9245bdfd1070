"""The architecture in one picture: files become records, records tables, tables a training set."""

from demos.report.diagram import Arrow, Diagram, Node, Strip, Zone

LABEL = (
    "Files come to the raw bucket, records by Firehose; SQS feeds a Lambda function, which writes "
    "good records to the modeled bucket and bad ones to quarantine. A Step Functions machine has "
    "Spark on Glue merge each record once into Iceberg tables of the enhanced zone, holds them to "
    "rules, has features built for the transformed zone, and tells of them by an event. Athena "
    "queries all of it."
)
ZONES = (
    Zone(12, 20, 370, 318, "Raw", "files as they came, 30 days"),
    Zone(398, 20, 190, 318, "Modeled", "under contracts"),
    Zone(
        604, 20, 584, 318, "Enhanced and transformed",
        "one run at a time: Step Functions, by files, by schedule, by hand",
    ),
)  # fmt: skip
NODES = (
    Node(28, 84, 156, 60, "bucket", "Raw", "Amazon S3"),
    Node(28, 262, 156, 60, "stream", "Stream", "Data Firehose"),
    Node(210, 84, 156, 60, "queue", "Arrivals", "Amazon SQS"),
    Node(210, 262, 156, 60, "function", "Check records", "AWS Lambda"),
    Node(414, 84, 158, 60, "function", "Model files", "Lambda, or Glue"),
    Node(414, 173, 158, 60, "bucket", "Records", "Parquet in S3"),
    Node(414, 262, 158, 60, "warning", "Quarantine", "Parquet in S3"),
    Node(622, 84, 164, 60, "function", "Merge records", "Spark on Glue"),
    Node(622, 173, 164, 60, "table", "Tables", "Iceberg in S3"),
    Node(622, 262, 164, 60, "shield", "Rules", "Glue Data Quality"),
    Node(814, 84, 164, 60, "function", "Build features", "Spark on Glue"),
    Node(814, 173, 164, 60, "table", "Training set", "Iceberg in S3"),
    Node(814, 262, 164, 60, "shield", "Rules", "Glue Data Quality"),
    Node(1006, 173, 164, 60, "page", "Manifest", "JSON in S3"),
    Node(1006, 262, 164, 60, "bell", "Features Ready", "EventBridge"),
)
ARROWS = (
    Arrow([(106, 262), (106, 146)], style="main"),
    Arrow([(184, 292), (208, 292)], both=True),
    Arrow([(184, 114), (208, 114)], style="main"),
    Arrow([(366, 114), (412, 114)], style="main"),
    Arrow([(493, 144), (493, 171)], style="main"),
    Arrow([(430, 144), (430, 158), (406, 158), (406, 292), (412, 292)], style="rare"),
    Arrow([(572, 203), (596, 203), (596, 114), (620, 114)], style="main"),
    Arrow([(704, 144), (704, 171)], style="main"),
    Arrow([(704, 233), (704, 260)], style="main"),
    Arrow([(786, 292), (800, 292), (800, 114), (812, 114)], style="main"),
    Arrow([(896, 144), (896, 171)], style="main"),
    Arrow([(896, 233), (896, 260)], style="main"),
    Arrow([(978, 203), (1004, 203)]),
    Arrow([(978, 292), (1004, 292)], style="main"),
)
SERVES_ALL = Strip(
    12, 356, 1176,
    (
        ("view", "Amazon Athena", "every zone, any snapshot"),
        ("table", "Glue Data Catalog", "tables from the contracts"),
        ("key", "AWS KMS", "one key of your own for it all"),
        ("chart", "CloudWatch", "a dashboard, alarms"),
    ),
)  # fmt: skip
DIAGRAM = Diagram(1200, 448, LABEL, ZONES, NODES, ARROWS, SERVES_ALL)
# Machines of which the page has a picture, by the name of the file: the construct, and in words.
MACHINES = {
    "data_lake_run": (
        "CurationFlowRun",
        "The state machine of a run: it takes its turn, merges, holds each table to its rules, "
        "builds features, reads what came of it, tells of it where it is new, and leaves its turn; "
        "what fails is recorded first",
    )
}
