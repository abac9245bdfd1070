"""What the chain's state machine may do: what its stages do, and nothing for those that are off."""

from collections.abc import Mapping

from aws_cdk import aws_iam as iam

from stacks.service_chain.settings import ServiceChain
from stacks.shared.arns import arn_here
from stacks.shared.bucket import PrivateBucket
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.ledger import Ledger
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow, allow_unscoped

ANALYSIS = (
    "BatchDetectSentiment",
    "BatchDetectEntities",
    "BatchDetectKeyPhrases",
    "DetectPiiEntities",
)


def allow_chain(
    machine: Machine,
    *,
    settings: ServiceChain,
    results: PrivateBucket,
    pace: Ledger,
    key: CustomerKey,
    functions: Mapping[str, PythonFunction],
) -> None:
    """Grant all but what transcription takes."""
    role = machine.role
    allow(
        role,
        "lambda:InvokeFunction",
        on=[function.function.function_arn for function in functions.values()],
    )
    results.allow(role, "s3:GetObject", "s3:PutObject", prefix="work/")
    key.allow(role, "kms:Decrypt", "kms:GenerateDataKey", through=["s3"])
    key.allow(role, "kms:Decrypt", through=["dynamodb"])
    pace.allow(role, "dynamodb:UpdateItem")
    if not settings.language:
        _allow_comprehend(role, "DetectLanguage", "DetectDominantLanguage")
    if settings.analyzes:
        _allow_comprehend(role, "Analyze", *ANALYSIS)
    if settings.translate_to:
        _allow_translation(role, settings.terminology)
    if settings.speak:
        _allow_speech(role, results)
    maps = {
        "TranslateChunks": bool(settings.translate_to),
        "AnalyzeBatches": settings.analyzes,
        "SpeakPieces": settings.speak,
    }
    if any(maps.values()):
        machine.allow_child_executions([label for label, is_on in maps.items() if is_on])


def _allow_comprehend(role: iam.Role, construct_id: str, *actions: str) -> None:
    allow_unscoped(
        role,
        construct_id,
        *(f"comprehend:{action}" for action in actions),
        because="A text has no ARN, so Comprehend's detection has no resource to scope to.",
    )


def _allow_translation(role: iam.Role, terminology: str) -> None:
    if terminology:
        # IAM's reference names the first, the API the second; which of them is judged is not said.
        arn = arn_here("translate", f"terminology/{terminology}")
        allow(role, "translate:TranslateText", on=[arn, f"{arn}/LATEST"])
        return
    allow_unscoped(
        role,
        "Translate",
        "translate:TranslateText",
        because="A text has no ARN, and without a terminology there is no resource to scope to.",
    )


def _allow_speech(role: iam.Role, results: PrivateBucket) -> None:
    results.allow(role, "s3:PutObject", prefix="speech/")
    allow_unscoped(
        role,
        "Speak",
        "polly:StartSpeechSynthesisTask",
        "polly:GetSpeechSynthesisTask",
        because="A task has no ARN and no lexicon is used, so there is no resource to scope to.",
    )
