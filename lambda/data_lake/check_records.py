"""When Firehose has records, say of each which data set it goes to: the function's entry point."""

import base64
from collections import Counter
from functools import cache
from typing import Any

from aws_lambda_powertools.logging import Logger

from data_lake.contract import DATASET, Contract, newest_contracts
from data_lake.streamed_records import RefusedError, streamed
from runtime.publish_metrics import publish

logger = Logger()


@cache
def contracts() -> dict[str, Contract]:
    """Read the contracts once per execution environment."""
    return newest_contracts()


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], context: Any) -> dict[str, list[dict[str, Any]]]:
    """Answer each record of a batch: its line and its data set, or that it is refused."""
    refused = Counter[str]()
    answers = [_answer(record, refused) for record in event["records"]]
    taken = len(answers) - refused.total()
    publish({"RecordsStreamed": taken, "RecordsRefused": refused.total()})
    for reason, records in sorted(refused.items()):
        publish({"RecordsRefused": records}, reason=reason)
    logger.info("batch done", extra={"streamed": taken, "refused": dict(refused)})
    return {"records": answers}


def _answer(record: dict[str, Any], refused: Counter[str]) -> dict[str, Any]:
    try:
        found = streamed(base64.b64decode(record["data"]), contracts())
    except RefusedError as error:
        refused[error.reason] += 1
        return {
            "recordId": record["recordId"],
            "result": "ProcessingFailed",
            "data": record["data"],
        }
    return {
        "recordId": record["recordId"],
        "result": "Ok",
        "data": base64.b64encode(found.line + b"\n").decode(),
        "metadata": {"partitionKeys": {DATASET: found.dataset}},
    }
