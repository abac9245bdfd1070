"""The sentences of the page that do not depend on the run."""

from demos.report.closing import CDK, EMULATOR

STAND_INS = (
    CDK,
    (
        "The function's code",
        "real",
        "Runs unchanged, with the role's permissions enforced. On this machine's Python and "
        "processor, without Lambda's memory limit.",
    ),
    ("Face boxes", "real", "OpenCV's Haar cascade looks at the pixels. It is not Rekognition."),
    (
        "Confidence, brightness, sharpness, eyes",
        "stand-in",
        "Derived from that detector and from the pixels.",
    ),
    (
        "Age, gender, emotion and the like",
        "stand-in",
        "What was drawn, as the generator wrote it into the picture. For any other picture a hash "
        "at confidence 50, marked synthetic. Nothing here guesses at people.",
    ),
    ("Athena", "stand-in", "The views' own SQL, translated for DuckDB, types checked."),
    ("S3, SQS, DynamoDB, KMS, IAM", "stand-in", EMULATOR),
)

RESPONSIBLE_USE = (
    "Counting visitors of a place as groups, where the law and the visitors' notice allow it. "
    "Check both before a camera is switched on.",
    "Not for recognising, following or deciding about a person. Nothing here stores a face "
    "vector, a landmark or an identity.",
    "Gender is a binary guess at appearance. AWS says: not designed to categorize a person's "
    "gender identity; best suited for aggregate statistics; not recommended for decisions that "
    "impact rights, privacy or access to services.",
    "An emotion is a guess from an expression, not a person's inner state. AWS forbids use that "
    "violates the EU Artificial Intelligence Act or any other applicable law.",
    "Give people the view demographics_by_store_hour, not the rows behind it.",
)
