"""The sentences of the page that do not depend on the run."""

from demos.report.closing import CDK, EMULATOR

LANGUAGES = {
    "en": "English", "es": "Spanish", "fr": "French", "de": "German", "it": "Italian",
    "pt": "Portuguese", "nl": "Dutch", "ja": "Japanese", "ar": "Arabic", "hi": "Hindi",
    "ko": "Korean", "zh": "Chinese",
}  # fmt: skip
STAND_INS = (
    CDK,
    (
        "The state machine",
        "real",
        "The synthesized definition, compared with what runs. An interpreter of the Amazon States "
        "Language runs it, with the role's permissions enforced.",
    ),
    (
        "The functions' code",
        "real",
        "Runs unchanged, with each role's permissions enforced. On this machine's Python and "
        "processor, without Lambda's memory limit.",
    ),
    (
        "Transcribe",
        "stand-in",
        "PocketSphinx listens to the sound: real words, times and mistakes, many more of them than "
        "Transcribe makes. Jobs, events, errors and limits have Transcribe's form.",
    ),
    (
        "Translate",
        "stand-in",
        "Apertium where it is installed. Elsewhere a pseudo-translation that is marked as one: it "
        "keeps length and place, not meaning.",
    ),
    (
        "Comprehend",
        "stand-in",
        "lingua tells the language, VADER the sentiment (it knows English best), rules of our own "
        "find entities, key phrases and personal data. Batches, limits and errors have the "
        "service's form.",
    ),
    ("Athena", "stand-in", "The view's own SQL, translated for DuckDB, types checked."),
    ("S3, EventBridge, SQS, SNS, DynamoDB, KMS, IAM", "stand-in", EMULATOR),
)
RESPONSIBLE_USE = (
    "Tell people before you record them, and have a reason that the law knows. The words of a "
    "recording are personal data even where no name is said.",
    "Detection of personal data misses some. A redacted copy is safer than the text, not safe: "
    "keep the text itself from whoever needs only the redacted copy.",
    "A redacted copy exists where Comprehend detects personal data: English and Spanish.",
    "Sentiment is a guess at words, not a person's state. Do not judge a caller or a colleague "
    "by it.",
    "A machine's translation is a draft. Do not answer a complaint on its strength alone.",
    "AWS may use content to improve these services unless your organization opts out: "
    "docs/policies/ai-services-opt-out.json.",
)
