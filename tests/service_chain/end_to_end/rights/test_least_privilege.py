"""Every right of every role is needed: whichever is taken away, something says so by its name."""

from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

LOGGING = ("logs:CreateLogStream", "logs:PutLogEvents")
TRACING = ("xray:PutTraceSegments on *", "xray:PutTelemetryRecords on *")
SAMPLING = ("xray:GetSamplingRules on *", "xray:GetSamplingTargets on *")
DELIVERY = [
    f"logs:{action} on *"
    for action in (
        *("CreateLogDelivery", "GetLogDelivery", "UpdateLogDelivery", "DeleteLogDelivery"),
        *("ListLogDeliveries", "PutResourcePolicy"),
        *("DescribeResourcePolicies", "DescribeLogGroups"),
    )
]
ENCRYPTING = ("kms:Decrypt on Key for states", "kms:GenerateDataKey on Key for states")
READING, WRITING = "kms:Decrypt on Key for s3", "kms:GenerateDataKey on Key for s3"
TELLING = ("kms:Decrypt on Key for sns", "kms:GenerateDataKey on Key for sns")

# How the parent of a distributed map follows it.
FOLLOWING = (
    *("states:DescribeExecution on Chain:*", "states:StopExecution on Chain:*"),
    *(
        f"states:{action}Execution on Chain/{label}:*"
        for action in ("Describe", "Stop", "Redrive")
        for label in ("TranslateChunks", "AnalyzeBatches")
    ),
)

# What each function takes to answer what it is asked; logs and traces come on top.
FUNCTIONS = {
    "Identify": ("s3:GetObjectVersion on Inbox/*", READING),
    "ReadDocument": (
        *("s3:GetObjectVersion on Inbox/*", "s3:GetObject on Results/work/*", READING),
        *("s3:PutObject on Results/work/*", "s3:PutObject on Results/texts/*"),
        *("s3:PutObject on Results/transcripts/*", WRITING),
    ),
    "SplitText": (
        *("s3:GetObject on Results/work/*", READING),
        *("s3:PutObject on Results/work/*", "s3:PutObject on Results/translations/*", WRITING),
    ),
    "AssembleTranslation": (
        *("s3:GetObject on Results/work/*", READING),
        *("s3:PutObject on Results/work/*", "s3:PutObject on Results/translations/*", WRITING),
    ),
    "MergeInsights": (
        *("s3:GetObject on Results/work/*", READING),
        *("s3:PutObject on Results/insights/*", WRITING),
    ),
    "Redact": (
        *("s3:GetObject on Results/work/*", "s3:GetObject on Results/insights/*", READING),
        *("s3:GetObject on Results/texts/*", "s3:GetObject on Results/translations/*"),
        *("s3:PutObject on Results/redacted/*", WRITING),
    ),
    "AssembleDocument": (
        *("s3:GetObject on Results/insights/*", "s3:GetObject on Results/texts/*"),
        *("s3:GetObject on Results/translations/*", READING),
        *("s3:PutObject on Results/documents/*", WRITING),
    ),
    "RecordFailure": (
        *("s3:GetObject on Results/work/*", "s3:GetObject on Results/documents/*", READING),
        *("s3:PutObject on Results/failures/*", WRITING),
    ),
    "Start": ("states:StartExecution on Chain",),
    "Measure": ("states:ListExecutions on Chain",),
}
# What it takes besides to be told that a thing is not there, rather than that it is forbidden.
FINDING_NOTHING = {
    "Identify": ("s3:ListBucket on Inbox",),
    "ReadDocument": ("s3:ListBucket on Inbox", "s3:ListBucket on Results"),
    "AssembleTranslation": ("s3:ListBucket on Results",),
    "MergeInsights": ("s3:ListBucket on Results",),
    "RecordFailure": ("s3:ListBucket on Results",),
}
# For each role and each thing that happens, the rights that it takes.
TAKES: dict[str, dict[str, Iterable[str]]] = {
    "Chain": {
        "the machine is changed": DELIVERY,
        "a recording is torn": (
            "s3:GetObjectVersion on Inbox/*",
            "transcribe:StartTranscriptionJob on *",
            *(
                f"kms:{action} on Key for transcribe"
                for action in ("Encrypt", "Decrypt", "GenerateDataKey")
            ),
            "iam:PassRole on TranscriptionJobRole for transcribe",
            "dynamodb:PutItem on TranscriptionCallbacks",
        ),
        "a job has failed": (
            "transcribe:GetTranscriptionJob on transcription-job/ServiceChain.job-*",
        ),
        "a document is empty": (
            *(*ENCRYPTING, *TRACING, *SAMPLING, "kms:GenerateDataKey on Key for logs"),
            *("lambda:InvokeFunction on FunctionsRecordFailure", "sns:Publish on Notifications"),
            *TELLING,
        ),
        "a text comes": (
            *(
                f"lambda:InvokeFunction on Functions{name}"
                for name in (
                    *("Identify", "ReadDocument", "SplitText", "AssembleTranslation"),
                    *("MergeInsights", "Redact", "AssembleDocument"),
                )
            ),
            *("dynamodb:UpdateItem on RateLimits", "kms:Decrypt on Key for dynamodb"),
            "comprehend:DetectDominantLanguage on *",
            "states:StartExecution on Chain",
            *FOLLOWING,
            *("s3:GetObject on Results/work/*", READING),
            "translate:TranslateText on *",
            *("s3:PutObject on Results/work/*", WRITING),
            *("comprehend:BatchDetectSentiment on *", "comprehend:BatchDetectEntities on *"),
            *("comprehend:BatchDetectKeyPhrases on *", "comprehend:DetectPiiEntities on *"),
        ),
    },
    "TranscriptionJob": {
        "a transcription fails": (
            *("s3:GetObject on Results/work/*", READING),
            *("s3:PutObject on Results/work/*", WRITING),
        )
    },
    "TranscriptionJobEnded": {
        "a transcription fails": ("states:StartExecution on TranscriptionResume",)
    },
    "TranscriptionResume": {
        "the machine is changed": DELIVERY,
        "somebody waits": (
            *(*ENCRYPTING, *TRACING, *SAMPLING, "kms:GenerateDataKey on Key for logs"),
            *("dynamodb:GetItem on TranscriptionCallbacks", "kms:Decrypt on Key for dynamodb"),
            *("states:SendTaskSuccess on *", "states:SendTaskFailure on *"),
        ),
    },
    "AbnormalEndingsChainEnded": {
        "a document is empty": ("states:StartExecution on AbnormalEndingsRecord",)
    },
    "AbnormalEndingsRecord": {
        "the machine is changed": DELIVERY,
        "an execution was stopped": (
            *(*ENCRYPTING, *TRACING, *SAMPLING, "kms:GenerateDataKey on Key for logs"),
            *("states:DescribeExecution on Chain:*", "sns:Publish on Notifications", *TELLING),
            "lambda:InvokeFunction on FunctionsRecordFailure",
        ),
    },
    **{
        f"Functions{name}": {
            "it is asked": (
                *(f"{action} on Functions{name}Logs:*" for action in LOGGING),
                *(*TRACING, *takes),
            ),
            "it finds nothing": FINDING_NOTHING.get(name, ()),
        }
        for name, takes in FUNCTIONS.items()
    },
}
TAKES["FunctionsStart"]["an object comes"] = (
    *("sqs:ReceiveMessage on Arrivals", "sqs:DeleteMessage on Arrivals"),
    *("sqs:GetQueueAttributes on Arrivals", "kms:Decrypt on Key for sqs"),
)
TAKES["FunctionsMeasure"]["it fails for good"] = (
    "sqs:SendMessage on Undelivered",
    *("kms:Decrypt on Key for sqs", "kms:GenerateDataKey on Key for sqs"),
)
# The CDK's own, with which it empties disposable buckets; it is not there in production.
EMPTIES_BUCKETS = "CustomS3AutoDeleteObjectsCustomResourceProvider"


def test_the_table_holds_every_right_of_every_role(rights):
    held: dict[str, Counter[str]] = {role: Counter() for role in rights.roles - {EMPTIES_BUCKETS}}
    for right in rights.all:
        held[right.role][str(right)] += 1
    named = {role: Counter(chain(*takes.values())) for role, takes in TAKES.items()}
    assert held == named


def test_with_all_rights_nothing_is_refused(calm, occasions):
    said = []
    for role, takes in TAKES.items():
        for occasion in takes:
            said.append(occasions.happens(occasion, role))
            occasions.over()
    told = [problem["message"] for problem in calm.sandbox.problems()]
    assert not [text for text in (*said, *told) if "not authorized" in str(text)]


def test_whichever_right_is_taken_away_something_says_so(calm, rights, occasions):
    occasion_of = {
        (role, right): occasion
        for role, takes in TAKES.items()
        for occasion, needed in takes.items()
        for right in needed
    }

    def unsaid(role):
        mine = [right for right in rights.all if right.role == role]
        known = [(right, occasion_of.get((role, str(right)))) for right in mine]
        return [
            f"{role}: {right}"
            for right, occasion in known
            if occasion and not occasions.say(right, occasion)
        ]

    # What machines do takes functions that work; functions do not need one another.
    at_once = {f"Functions{name}" for name in FUNCTIONS} - {"FunctionsMeasure"}
    kept_quiet = [text for role in sorted(rights.roles - at_once) for text in unsaid(role)]
    with ThreadPoolExecutor(3) as pool:
        kept_quiet += chain(*pool.map(unsaid, sorted(at_once)))
    assert not kept_quiet
