"""Write down why a document failed, so that a person can see it and an operation redrive it."""

import json
from typing import Any

from aws_lambda_powertools.logging import Logger

from runtime.publish_metrics import publish
from service_chain import object_keys
from service_chain.ask_aws import results
from service_chain.failure_record import document_id_of, record_of, time_of
from service_chain.storage import JSON, dumps

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, str | None]:
    """Write the failure record of a document, over the one of an attempt before.

    ``failure_key`` is null where the result is there all the same, written by an execution that
    was ended just after, or by another attempt: that document has not failed.
    """
    bucket = results()
    document_id, time = document_id_of(event), time_of(event)
    if bucket.has(object_keys.document(document_id, time)):
        logger.warning("document is there", extra={"document_id": document_id})
        return {"failure_key": None}
    record = record_of(event, _parsed(bucket.find(object_keys.first_failure(document_id))))
    key = object_keys.failure(document_id, time)
    # A cause comes from anywhere; half a surrogate pair in it must not cost the record.
    bucket.put(key, f"{dumps(record)}\n".encode(errors="replace"), JSON)
    publish({"DocumentsFailed": 1})
    publish({"DocumentsFailed": 1}, reason=record["reason"])
    known = {name: record[name] for name in ("document_id", "attempt", "state", "error", "reason")}
    logger.error("document failed", extra=known)
    return {"failure_key": key}


def _parsed(left_behind: bytes | None) -> object:
    try:
        return json.loads(left_behind) if left_behind is not None else None
    except (ValueError, RecursionError):
        return None
