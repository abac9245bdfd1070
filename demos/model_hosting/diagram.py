"""The architecture in one picture: an approved model comes behind an endpoint and an API."""

from demos.model_hosting import break_even
from demos.report.diagram import Arrow, Diagram, Node, Strip, Zone

LABEL = (
    "An approval in the registry starts a state machine, which makes model and configuration and "
    "updates the endpoint step by step. Alarms take an update back. Callers of the account sign "
    "their requests to an API; a function checks them, keeps a key at its variant and asks the "
    "endpoint. A share of requests is captured; a deployment that fails leaves a record."
)
ZONES = (
    Zone(12, 20, 372, 318, "What is approved", "one deployment at a time"),
    Zone(400, 20, 590, 318, "What serves", "isolated containers, two instances at least"),
    Zone(1006, 20, 182, 318, "What is kept", "for a time"),
)
NODES = (
    Node(28, 84, 156, 60, "page", "Model package", "approved by a person"),
    Node(28, 262, 156, 60, "table", "Turns", "Amazon DynamoDB"),
    Node(210, 84, 156, 60, "bell", "News", "EventBridge"),
    Node(210, 173, 156, 60, "tick", "Deploy", "AWS Step Functions"),
    Node(416, 84, 164, 60, "shield", "API", "signed requests"),
    Node(608, 84, 174, 60, "function", "Predict", "AWS Lambda"),
    Node(808, 84, 166, 60, "function", "Endpoint", "Amazon SageMaker"),
    Node(808, 173, 166, 60, "chart", "Alarms", "take an update back"),
    Node(1022, 84, 150, 60, "bucket", "Captures", "Amazon S3"),
    Node(1022, 262, 150, 60, "warning", "Failures", "Amazon S3"),
)
ARROWS = (
    Arrow([(184, 114), (208, 114)], style="main"),
    Arrow([(288, 144), (288, 171)], style="main"),
    Arrow([(288, 233), (288, 292), (186, 292)], both=True),
    Arrow([(366, 203), (590, 203), (590, 157), (860, 157), (860, 146)], style="main"),
    Arrow([(580, 114), (606, 114)], style="main"),
    Arrow([(782, 114), (806, 114)], style="main"),
    Arrow([(891, 171), (891, 146)], style="rare"),
    Arrow([(974, 114), (1020, 114)]),
    Arrow([(340, 233), (340, 292), (1020, 292)], style="rare"),
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
