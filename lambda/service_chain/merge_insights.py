"""Make one account of what Comprehend said of a text's batches: the function's entry point."""

import json
import os
from collections.abc import Iterable
from itertools import islice
from typing import Any

from aws_lambda_powertools.logging import Logger

from runtime import settings
from service_chain import object_keys
from service_chain.ask_aws import results
from service_chain.batches import Batch
from service_chain.collector import collector_at_rest
from service_chain.failures import Incomplete
from service_chain.insights import REPLY_GROUPS, Insights
from service_chain.languages import has_pii_detection
from service_chain.read_parts import read_parts

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
@collector_at_rest()
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Write the full insights of a text in one language; say how many there are.

    Raises Incomplete where a reply is not there, or lacks a result for one of its texts.
    """
    storage = results()
    confidence = settings.number(
        os.environ, "REDACT_CONFIDENCE", at_least=0, at_most=1, default=0.5
    )
    document_id, language = event["document_id"], event["language"]
    facts = storage.get_json(object_keys.batch_facts(document_id, language))
    lines = storage.lines(object_keys.batches(document_id, language))
    batches = [Batch.read(line) for line in lines]
    if len(batches) != event["batches"]:
        problem = f"{len(batches)} batches were written; want the {event['batches']} of the split"
        raise Incomplete(problem)

    with_pii = has_pii_detection(language)
    keys = [
        object_keys.replies(document_id, language, batch.n, group)
        for batch in batches
        for group in REPLY_GROUPS
    ]
    bodies = read_parts(storage, keys)
    insights = Insights(with_pii=with_pii, confidence=confidence)
    for batch in batches:
        insights.add(batch, _replies(islice(bodies, len(REPLY_GROUPS))))
    record = insights.record(document_id, language, facts["characters"])
    storage.put_json(object_keys.insights(document_id, language), record)

    counts = {
        "entities": len(record["entities"]),
        "key_phrases": len(record["key_phrases"]),
        "pii": len(record["pii"]) if with_pii else None,
    }
    logger.info(
        "insights merged", extra={"document_id": document_id, "language": language, **counts}
    )
    return {
        "language": language,
        "sentiment": record["sentiment"]["label"],
        **counts,
        "units": record["units"],
    }


def _replies(bodies: Iterable[bytes | None]) -> dict[str, Any]:
    replies: dict[str, Any] = {}
    for body in bodies:
        replies |= {} if body is None else json.loads(body)["replies"]
    return replies
