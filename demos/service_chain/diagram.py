"""The architecture in one picture: files become documents, documents become answers."""

from demos.report.diagram import Arrow, Diagram, Node, Strip, Zone

LABEL = (
    "A file in an encrypted S3 bucket becomes an event, the event a message in an SQS queue, the "
    "message one execution of a Step Functions machine. The machine identifies the file, has "
    "Transcribe write down what is said and waits for its event with a task token in DynamoDB, "
    "reads the text, has Translate and Comprehend work on pieces of it at the pace of their "
    "quotas, redacts personal data and writes one JSON document, which Athena reads. What fails "
    "leaves a record."
)
ZONES = (
    Zone(12, 20, 196, 434, "Files", "each version once"),
    Zone(
        226, 20, 618, 434, "One execution",
        "Step Functions, Standard: it waits without a function running",
    ),
    Zone(862, 20, 320, 434, "Results", "one document per file, or one failure"),
)  # fmt: skip
NODES = (
    Node(28, 84, 164, 60, "bucket", "Inbox", "Amazon S3"),
    Node(28, 180, 164, 60, "queue", "Arrivals", "EventBridge, SQS"),
    Node(28, 276, 164, 60, "function", "Start", "AWS Lambda"),
    Node(28, 378, 164, 56, "warning", "Dead letters", "Amazon SQS"),
    Node(246, 84, 160, 60, "function", "Identify", "AWS Lambda"),
    Node(456, 84, 166, 60, "voice", "Transcribe", "Amazon Transcribe"),
    Node(676, 84, 152, 60, "clock", "Callbacks", "DynamoDB"),
    Node(246, 190, 160, 60, "page", "Read, split", "AWS Lambda"),
    Node(456, 190, 166, 60, "languages", "Translate", "Amazon Translate"),
    Node(676, 190, 152, 60, "face", "Comprehend", "moods, names"),
    Node(246, 296, 160, 60, "table", "RateLimits", "DynamoDB"),
    Node(456, 296, 166, 60, "function", "Assemble", "AWS Lambda"),
    Node(676, 296, 152, 60, "shield", "Redact", "AWS Lambda"),
    Node(246, 384, 160, 50, "warning", "Record failure", "AWS Lambda"),
    Node(880, 84, 284, 60, "bucket", "Documents", "JSON in Amazon S3, by day"),
    Node(880, 176, 284, 60, "page", "Beside them", "transcript, translations, redacted copies"),
    Node(880, 268, 284, 60, "view", "insights", "Athena: one row per language"),
    Node(880, 379, 284, 60, "bucket", "Failures", "state, error, reason, cause"),
)
ARROWS = (
    Arrow([(110, 144), (110, 178)], style="main"),
    Arrow([(110, 240), (110, 274)], style="main"),
    Arrow([(110, 336), (110, 376)], "keeps failing", (119, 361), "start", "rare"),
    Arrow([(192, 306), (217, 306), (217, 114), (244, 114)], style="main"),
    Arrow([(406, 114), (454, 114)], "audio", (430, 106), style="main"),
    Arrow([(622, 114), (674, 114)], "waits", (648, 106), both=True),
    Arrow([(539, 144), (539, 167), (352, 167), (352, 188)], style="main"),
    Arrow([(300, 144), (300, 188)], "text", (292, 170), "end", style="main"),
    Arrow([(406, 220), (454, 220)], "pieces", (430, 212), style="main"),
    Arrow([(622, 220), (674, 220)], "batches", (647, 212), style="main"),
    Arrow([(751, 250), (751, 294)], style="main"),
    Arrow([(676, 326), (624, 326)], style="main"),
    Arrow([(406, 326), (431, 326), (431, 272), (512, 272), (512, 252)], "each call has its turn",
          (439, 289), "start", "rare"),
    Arrow([(539, 356), (539, 371), (853, 371), (853, 114), (878, 114)], style="main"),
    Arrow([(1022, 236), (1022, 266)]),
    Arrow([(406, 409), (878, 409)], "any step that keeps failing", (640, 402), style="rare"),
)  # fmt: skip
SERVES_ALL = Strip(
    12, 472, 1170,
    (
        ("key", "AWS KMS", "one key of your own encrypts it all"),
        ("chart", "CloudWatch, X-Ray", "logs without content, metrics, alarms"),
        ("bell", "Amazon SNS", "tells of each document and failure"),
    ),
)  # fmt: skip
DIAGRAM = Diagram(1200, 566, LABEL, ZONES, NODES, ARROWS, SERVES_ALL)
