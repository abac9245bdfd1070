"""List the files of a batch and name its run: the first step of a batch."""

import os
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.logging import Logger

from model_hosting.batch_manifest import files_of, require_prefix, run_of
from model_hosting.read_batch_files import storage

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Take a prefix and a model; give the run's name, and the files in their order.

    Raises RefusedBatchError.
    """
    files = files_of(storage().list(require_prefix(event["prefix"])))
    run = run_of(files, model=event["model"], form=os.environ["BATCH_FORM"])
    logger.info("batch opened", extra={"run": run, "files": len(files)})
    return {"run": run, "files": [asdict(each) for each in files]}
