"""The architecture in one picture: files become records under contracts."""

from demos.report.diagram import Arrow, Diagram, Node, Strip, Zone

LABEL = (
    "Files come to the raw bucket, records by Firehose; SQS feeds a Lambda function, which writes "
    "good records to the modeled bucket and bad ones to quarantine; Athena queries both."
)
ZONES = (
    Zone(20, 20, 560, 290, "Raw", "files as they came, 30 days"),
    Zone(600, 20, 200, 290, "Modeled", "under contracts"),
    Zone(820, 20, 200, 290, "Use", "each record once"),
)
NODES = (
    Node(40, 100, 140, 66, "bucket", "Raw", "Amazon S3"),
    Node(40, 210, 140, 66, "stream", "Stream", "Amazon Data Firehose"),
    Node(230, 210, 140, 66, "function", "Check records", "AWS Lambda"),
    Node(230, 100, 140, 66, "queue", "Arrivals", "Amazon SQS"),
    Node(420, 100, 140, 66, "function", "Model files", "AWS Lambda"),
    Node(630, 100, 140, 66, "bucket", "Records", "Parquet in S3"),
    Node(630, 210, 140, 66, "bucket", "Quarantine", "Parquet in S3"),
    Node(850, 100, 140, 66, "view", "Views", "Amazon Athena"),
)
ARROWS = (
    Arrow([(180, 133), (228, 133)], style="main"),
    Arrow([(110, 210), (110, 168)], style="main"),
    Arrow([(180, 243), (228, 243)]),
    Arrow([(370, 133), (418, 133)], style="main"),
    Arrow([(560, 133), (628, 133)], style="main"),
    Arrow([(490, 166), (490, 243), (628, 243)]),
    Arrow([(770, 133), (848, 133)], style="main"),
    Arrow([(770, 243), (920, 243), (920, 168)]),
)
SERVES_ALL = Strip(
    20,
    330,
    1000,
    (
        ("key", "AWS KMS", "one key of your own encrypts it all"),
        ("table", "AWS Glue Data Catalog", "tables from the contracts"),
        ("chart", "Amazon CloudWatch", "a dashboard, alarms"),
    ),
)
DIAGRAM = Diagram(1040, 420, LABEL, ZONES, NODES, ARROWS, SERVES_ALL)
