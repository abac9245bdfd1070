"""The stage that translates a text into every language wanted, piece by piece. Pure."""

from typing import Any

from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.asl import ITEM, for_each, for_each_line, invoke
from stacks.service_chain.stages.capacity import languages_at_once, wait_for_room
from stacks.service_chain.stages.endings import CATCH_ALL, ChildFailure
from stacks.service_chain.stages.function_spec import LARGE_MIB, FunctionSpec
from stacks.service_chain.stages.rate_limit import TAKES_TURNS, acquire
from stacks.service_chain.stages.rights import Access, OnResource, Right, Unscoped
from stacks.service_chain.stages.split import piece_settings
from stacks.service_chain.stages.stage import Stage
from stacks.settings import Quotas
from stacks.shared.asl import INPUT, STATE_INPUT, States, call, jsonata, pick


def translate(settings: ServiceChain, quotas: Quotas) -> Stage | None:
    """Translate into all languages at once, each put together at the end; on if there are any."""
    if not settings.translate_to:
        return None
    function = FunctionSpec(
        "AssembleTranslation",
        entry="assemble_translation",
        timeout_seconds=600,
        memory_mib=LARGE_MIB,
        environment=piece_settings(settings),
        access=Access(
            reads=("work/",),
            writes=("work/", "translations/"),
            needs_list_bucket=("Results",),
        ),
    )
    one = {
        "TranslateChunks": for_each_line(
            f"{STATE_INPUT}.chunks_key",
            {
                **pick(STATE_INPUT, "document_id", "attempt", "first_failure_key"),
                **pick(STATE_INPUT, "source", "target"),
                **pick(ITEM, "n", "text"),
                "reply_key": jsonata(f"$lookup({ITEM}.reply_keys, {STATE_INPUT}.target)"),
            },
            _translate_chunk(settings, quotas),
            label="TranslateChunks",
            concurrency=settings.translate_concurrency,
            Output=jsonata(STATE_INPUT),
            next_="AssembleTranslation",
        ),
        "AssembleTranslation": invoke(
            function,
            {
                **pick(STATE_INPUT, "document_id", "chunks"),
                "language": jsonata(f"{STATE_INPUT}.target"),
            },
            room=wait_for_room(settings),
            catches=[],  # what is wrong here is caught around all languages
            output=jsonata("$states.result.Payload"),
            next_=None,
        ),
    }

    def states(next_: str) -> States:
        return {
            "TranslateAll": for_each(
                "$split.translate",
                {
                    **pick(INPUT, "document_id", "attempt"),
                    **pick("$split", "chunks", "chunks_key", "first_failure_key"),
                    "source": jsonata("$language.base"),
                    "target": jsonata(f"{ITEM}.language"),
                },
                one,
                MaxConcurrency=languages_at_once(settings),
                Assign={"translations": jsonata("$states.result")},
                Output={},
                Catch=[CATCH_ALL],
                next_=next_,
            )
        }

    return Stage(
        states,
        functions=(function,),
        maps=("TranslateChunks",),
        access=Access(reads=("work/",), writes=("work/",)),
        rights=(TAKES_TURNS, *_rights(settings.terminology)),
    )


def _translate_chunk(settings: ServiceChain, quotas: Quotas) -> States:
    failure = ChildFailure("Translation")
    request: dict[str, Any] = {
        "Text": jsonata(f"{STATE_INPUT}.text"),
        "SourceLanguageCode": jsonata(f"{STATE_INPUT}.source"),
        "TargetLanguageCode": jsonata(f"{STATE_INPUT}.target"),
    }
    if settings.terminology:
        request["TerminologyNames"] = [settings.terminology]
    return {
        **acquire(
            "translate_text",
            "Translate",
            quota=quotas.translate_text_per_second,
            share=settings.quota_share,
            catches=[failure.catch],
            next_="TranslateText",
        ),
        "TranslateText": call(
            "translate",
            "translateText",
            request,
            catches=[failure.catch],
            output={
                **pick(STATE_INPUT, "attempt", "first_failure_key", "n", "reply_key"),
                "text": jsonata("$states.result.TranslatedText"),
                "source_language": jsonata("$states.result.SourceLanguageCode"),
            },
            next_="PutTranslation",
        ),
        "PutTranslation": call(
            "s3",
            "putObject",
            {
                "Bucket": "${ResultsBucket}",
                "Key": jsonata(f"{STATE_INPUT}.reply_key"),
                "Body": pick(STATE_INPUT, "n", "text", "source_language"),
                "ContentType": "application/json",
            },
            catches=[failure.catch],
            next_=None,
        ),
        **failure.states(),
    }


def _rights(terminology: str) -> tuple[Right, ...]:
    action = "translate:TranslateText"
    if terminology:
        name = f"terminology/{terminology}"
        # IAM's reference names the first, the API the second; which of them is judged is not said.
        return tuple(OnResource(action, "translate", each) for each in (name, f"{name}/LATEST"))
    because = "A text has no ARN, and without a terminology there is no resource to scope to."
    return (Unscoped("Translate", (action,), because),)
