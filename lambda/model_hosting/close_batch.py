"""Take away what a batch was worked at with, and report what came of it: its last step."""

import json
from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.logging import Logger
from aws_lambda_powertools.metrics import MetricUnit

from model_hosting.batch_manifest import REPORTS, WORK
from model_hosting.read_batch_files import Storage, storage
from runtime.publish_metrics import publish

logger = Logger()
_COUNTS = ("rows", "results", "rejects")


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Clean up; where the files' outcomes are told, count them, and write the run's report."""
    _clean(storage(), event["work"])
    if "files" not in event:
        return {}
    counts = {name: sum(each[name] for each in event["files"]) for name in _COUNTS}
    report = {**{name: event[name] for name in ("run", "model", "prefix", "files")}, **counts}
    storage().s3.put_object(
        Bucket=storage().bucket,
        Key=f"{REPORTS}/{event['run']}.json",
        Body=json.dumps(report, indent=1).encode(),
        ContentType="application/json",
    )
    publish({"BatchRows": counts["rows"], "BatchRejects": counts["rejects"]})
    if counts["rows"]:
        share = 100 * counts["rejects"] / counts["rows"]
        publish({"BatchRejectedShare": share}, unit=MetricUnit.Percent)
    logger.info("batch closed", extra={"run": event["run"], **counts})
    return {"run": event["run"], **counts}


def _clean(store: Storage, work: str) -> None:
    """Delete what lies in the folder; what is gone is no matter."""
    found = [each["Key"] for each in store.list(f"{WORK}/{work}/")]
    for start in range(0, len(found), 1000):
        reply = store.s3.delete_objects(
            Bucket=store.bucket,
            Delete={"Objects": [{"Key": key} for key in found[start : start + 1000]],
                    "Quiet": True},
        )  # fmt: skip
        if errors := reply.get("Errors"):
            raise RuntimeError(f"{len(errors)} objects not deleted: {errors[0].get('Code')}")
