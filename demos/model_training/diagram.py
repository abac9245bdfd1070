"""The architecture in one picture: a training set becomes a model that waits for approval."""

from demos.report.diagram import Arrow, Diagram, Node, Strip, Zone

LABEL = (
    "The lake's news of a training set, wishes and a schedule come to a queue; a function starts "
    "one execution of a SageMaker pipeline for each training set. Its jobs prepare, train and "
    "evaluate; what is better than the approved model is explained and registered as a package "
    "that waits for approval. An execution that fails leaves a record."
)
ZONES = (
    Zone(12, 20, 372, 318, "What starts it", "once for each training set"),
    Zone(400, 20, 590, 318, "SageMaker pipeline", "every container without a network"),
    Zone(1006, 20, 182, 318, "What comes of it", "kept for 400 days"),
)
NODES = (
    Node(28, 84, 156, 60, "bell", "Features Ready", "EventBridge"),
    Node(28, 173, 156, 60, "bell", "Wishes", "drift, schedule, people"),
    Node(28, 262, 156, 60, "table", "Executions", "Amazon DynamoDB"),
    Node(210, 84, 156, 60, "queue", "Wishes", "Amazon SQS"),
    Node(210, 173, 156, 60, "function", "Start training", "AWS Lambda"),
    Node(416, 84, 164, 60, "function", "Prepare", "processing job"),
    Node(608, 84, 174, 60, "function", "Train", "training job on Spot"),
    Node(808, 84, 166, 60, "function", "Evaluate", "processing job"),
    Node(808, 173, 166, 60, "shield", "Better?", "condition"),
    Node(608, 173, 174, 60, "view", "Explain", "processing job"),
    Node(608, 262, 174, 60, "warning", "Failed", "Lambda, a record in S3"),
    Node(1022, 84, 150, 60, "bucket", "Artifacts", "Amazon S3"),
    Node(1022, 173, 150, 60, "page", "Model package", "pending approval"),
)
ARROWS = (
    Arrow([(184, 114), (208, 114)], style="main"),
    Arrow([(184, 203), (197, 203), (197, 124), (208, 124)]),
    Arrow([(288, 144), (288, 171)], style="main"),
    Arrow([(288, 233), (288, 292), (186, 292)], both=True),
    Arrow([(366, 203), (391, 203), (391, 114), (414, 114)], style="main"),
    Arrow([(580, 114), (606, 114)], style="main"),
    Arrow([(782, 114), (806, 114)], style="main"),
    Arrow([(891, 144), (891, 171)], style="main"),
    Arrow([(806, 203), (784, 203)], style="main"),
    Arrow([(695, 233), (695, 247), (1097, 247), (1097, 235)], style="main"),
    Arrow([(498, 144), (498, 292), (606, 292)], style="rare"),
    Arrow([(974, 114), (1020, 114)]),
)
SERVES_ALL = Strip(
    12,
    356,
    1176,
    (
        ("key", "AWS KMS", "one key of your own: files, volumes"),
        ("chart", "CloudWatch", "a dashboard, alarms"),
        ("shield", "IAM", "a role for each job"),
    ),
)
DIAGRAM = Diagram(1200, 446, LABEL, ZONES, NODES, ARROWS, SERVES_ALL)
