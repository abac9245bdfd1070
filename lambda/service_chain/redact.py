"""Write a copy of a text without what is personal in it: the function's entry point."""

import os
from typing import Any

from aws_lambda_powertools.logging import Logger

from runtime import settings
from service_chain import object_keys, redaction
from service_chain.ask_aws import results
from service_chain.collector import collector_at_rest

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
@collector_at_rest()
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Redact a document's text in one language, by the insights that were merged before.

    Raises ValueError for a language in which nothing personal can be found: a copy with nothing
    taken out must not pass for a redacted one.
    """
    storage = results()
    confidence = settings.number(
        os.environ, "REDACT_CONFIDENCE", at_least=0, at_most=1, default=0.5
    )
    document_id, language = event["document_id"], event["language"]
    pii = storage.get_json(object_keys.insights(document_id, language))["pii"]
    if pii is None:
        problem = f"no personal data is found in {language!r}; want en or es, or redact left out"
        raise ValueError(problem)
    facts = storage.get_json(object_keys.batch_facts(document_id, language))
    spans = redaction.flags(pii, confidence)
    text = storage.get_text(facts["text_key"])
    storage.put(object_keys.redacted(document_id, language), redaction.redact(text, spans))
    logger.info(
        "text redacted",
        extra={"document_id": document_id, "language": language, "spans": len(spans)},
    )
    return {"language": language, "spans": len(spans)}
