"""The architecture in one picture: an approved model comes behind an endpoint and an API."""

from demos.model_hosting import break_even
from demos.report.diagram import Arrow, Diagram, Node, Strip, Zone

LABEL = (
    "An approval in the registry starts a state machine, which makes model and configuration and "
    "updates the endpoint step by step. Alarms take an update back. Callers of the account sign "
    "their requests to an API; a function checks them, keeps a key at its variant and asks the "
    "endpoint. A share of requests is captured, and compared each hour with what was learnt of. "
    "Batches are transformed by jobs of their own. A deployment that fails leaves a record."
)
ZONES = (
    Zone(12, 20, 396, 318, "What is approved", "one deployment at a time"),
    Zone(424, 20, 566, 318, "What serves", "isolated containers, two instances at least"),
    Zone(1006, 20, 182, 318, "What is kept", "for a time"),
)
NODES = (
    Node(28, 84, 168, 60, "page", "Model package", "approved by hand"),
    Node(28, 262, 168, 60, "table", "Turns", "Amazon DynamoDB"),
    Node(222, 84, 170, 60, "bell", "News", "EventBridge"),
    Node(222, 173, 170, 60, "tick", "Deploy", "Step Functions"),
    Node(440, 84, 158, 60, "shield", "API", "signed requests"),
    Node(620, 84, 158, 60, "function", "Predict", "AWS Lambda"),
    Node(620, 173, 158, 60, "queue", "Batches", "transform jobs"),
    Node(620, 250, 158, 60, "bucket", "Results, rejects", "Amazon S3"),
    Node(800, 84, 174, 60, "function", "Endpoint", "Amazon SageMaker"),
    Node(800, 173, 174, 60, "chart", "Alarms", "take updates back"),
    Node(800, 250, 174, 60, "view", "Watch on drift", "a job each hour"),
    Node(1022, 84, 150, 60, "bucket", "Captures", "Amazon S3"),
    Node(1022, 262, 150, 60, "warning", "Failures", "Amazon S3"),
)
ARROWS = (
    Arrow([(196, 114), (220, 114)], style="main"),
    Arrow([(307, 144), (307, 171)], style="main"),
    Arrow([(307, 233), (307, 292), (198, 292)], both=True),
    Arrow([(392, 203), (609, 203), (609, 161), (850, 161), (850, 146)], style="main"),
    Arrow([(598, 114), (618, 114)], style="main"),
    Arrow([(778, 114), (798, 114)], style="main"),
    Arrow([(699, 233), (699, 248)], style="main"),
    Arrow([(887, 171), (887, 146)], style="rare"),
    Arrow([(974, 114), (1020, 114)]),
    Arrow([(1097, 144), (1097, 241), (998, 241), (998, 280), (976, 280)]),
    Arrow([(350, 233), (350, 334), (1097, 334), (1097, 324)], style="rare"),
)
SERVES_ALL = Strip(
    12,
    356,
    1176,
    (
        ("key", "AWS KMS", "one key of your own: volumes, captures"),
        ("chart", "CloudWatch", "a dashboard, alarms"),
        ("shield", "IAM", "a role for each part"),
    ),
)
DIAGRAM = Diagram(1200, 446, LABEL, ZONES, NODES, ARROWS, SERVES_ALL)
# Pictures of the page beside the diagram, by the names of their files.
PICTURES = {"model_hosting_break_even": break_even.picture}
