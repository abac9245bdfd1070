"""The stage that asks Comprehend for the language of a text. Pure."""

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.endings import CATCH_ALL
from stacks.service_chain.stages.rate_limit import TAKES_TURNS, acquire
from stacks.service_chain.stages.rights import Unscoped
from stacks.service_chain.stages.stage import Stage
from stacks.settings import Quotas
from stacks.shared.asl import States, call, choose, jsonata, start_of

# Taiwan's Chinese is a language of its own to the services; of others only the first part counts.
_BASE = "$code = 'zh-TW' ? $code : $substringBefore($code, '-')"
_BEST = "$states.result.Languages^(>Score)[0]"


def detect_language(settings: ServiceChain, quotas: Quotas) -> Stage | None:
    """Ask for the language where no transcript told it; on where the settings name none."""
    if settings.language:
        return None
    turn = acquire(
        "comprehend_detect_language",
        "Language",
        quota=quotas.comprehend_detect_per_second,
        share=settings.quota_share,
        catches=[CATCH_ALL],
        next_="DetectLanguage",
    )

    def states(next_: str) -> States:
        return {
            "LanguageKnown": choose(("$language.base = null", start_of(turn)), otherwise=next_),
            **turn,
            "DetectLanguage": call(
                "comprehend",
                "detectDominantLanguage",
                {"Text": jsonata("$read.sample")},
                assign={
                    "language": jsonata(
                        f"($best := {_BEST}; $code := $best.LanguageCode; "
                        f"{{'code': $code, 'base': {_BASE}, 'source': 'identified', "
                        "'score': $best.Score})"
                    )
                },
                catches=[CATCH_ALL],
                next_=next_,
            ),
        }

    detection = Unscoped(
        "DetectLanguage",
        ("comprehend:DetectDominantLanguage",),
        because="A text has no ARN, so Comprehend's detection has no resource to scope to.",
    )
    return Stage(states, rights=(TAKES_TURNS, detection))
