"""The architecture in one picture: pictures become rows, rows become answers."""

from demos.report.diagram import Arrow, Diagram, Node, Strip, Zone

LABEL = (
    "Cameras put frames into an encrypted S3 bucket. S3 tells an SQS queue, which feeds batches to "
    "one Lambda function. The function asks Rekognition for the faces, keeps a DynamoDB ledger of "
    "what it has counted, writes CSV to a second S3 bucket and deletes the frames. Athena views "
    "turn the rows into answers about groups."
)
ZONES = (
    Zone(
        150,
        20,
        552,
        420,
        "Pictures",
        "deleted as soon as they are counted; the lifecycle takes the rest",
    ),
    Zone(722, 20, 180, 420, "Rows", "one per face, no picture"),
    Zone(922, 20, 260, 420, "Answers", "views; only groups of k faces or more"),
)
NODES = (
    Node(12, 196, 112, 66, "camera", "Stores", "cameras"),
    Node(170, 196, 132, 66, "bucket", "Frames", "Amazon S3"),
    Node(350, 196, 144, 66, "queue", "Arrivals", "Amazon SQS"),
    Node(542, 196, 142, 66, "function", "Analyze", "AWS Lambda"),
    Node(542, 86, 142, 60, "face", "DetectFaces", "Rekognition"),
    Node(542, 350, 142, 60, "table", "Ledger", "DynamoDB"),
    Node(350, 350, 144, 60, "warning", "Dead letters", "Amazon SQS"),
    Node(736, 196, 154, 66, "bucket", "Detections", "CSV in Amazon S3"),
    Node(736, 350, 154, 60, "bucket", "Rejects", "CSV in Amazon S3"),
    Node(942, 86, 222, 60, "view", "faces", "each face exactly once"),
    Node(942, 174, 222, 60, "view", "demographics", "doubtful attributes are NULL"),
    Node(942, 262, 222, 60, "view", "…_by_store_hour", "small groups withheld"),
    Node(942, 350, 222, 60, "chart", "confidence_profile", "to choose thresholds by"),
)
ARROWS = (
    Arrow([(124, 229), (168, 229)], style="main"),
    Arrow([(302, 229), (348, 229)], "arrived", (325, 220), style="main"),
    Arrow([(494, 229), (540, 229)], "batches", (517, 220), style="main"),
    Arrow([(613, 148), (613, 194)], "paced to the quota", (604, 175), "end", both=True),
    Arrow([(613, 264), (613, 348)], "counted before?", (622, 310), "start", both=True),
    Arrow([(422, 262), (422, 348)], "keeps failing", (431, 310), "start", "rare"),
    Arrow(
        [(572, 262), (572, 288), (236, 288), (236, 264)],
        "delete, once counted",
        (329, 282),
        style="rare",
    ),
    Arrow([(684, 229), (734, 229)], "rows", (709, 220), style="main"),
    Arrow([(684, 250), (712, 250), (712, 380), (734, 380)], "why not", (721, 318), "start", "rare"),
    Arrow([(890, 229), (912, 229), (912, 116), (940, 116)], style="main"),
    Arrow([(1053, 146), (1053, 172)], style="main"),
    Arrow([(1053, 234), (1053, 260)], style="main"),
    Arrow([(912, 218), (912, 380), (940, 380)]),
)
SERVES_ALL = Strip(
    150, 458, 1032,
    (
        ("key", "AWS KMS", "one key of your own encrypts it all"),
        ("chart", "Amazon CloudWatch", "metrics, a dashboard, alarms"),
        ("bell", "Amazon SNS", "tells a person, encrypted"),
    ),
)  # fmt: skip
DIAGRAM = Diagram(1200, 552, LABEL, ZONES, NODES, ARROWS, SERVES_ALL)
