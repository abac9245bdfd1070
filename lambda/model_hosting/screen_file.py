"""Set aside what no job can be asked of a file, and hand on the others: a step of a batch."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.logging import Logger
from botocore.exceptions import ClientError

from model_hosting import batch_places
from model_hosting.batch_manifest import BatchFile, RefusedBatchError
from model_hosting.batch_rejects import Reject, screened
from model_hosting.read_batch_files import form, storage

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Take a file and the folder of its work; give the file with its rows, and those kept.

    Raises RefusedBatchError where the file is another by now.
    """
    file, work, store = BatchFile(**event["file"]), event["work"], storage()
    kept = store.write(batch_places.screened(work, file.number, form()))
    aside = store.write(batch_places.set_aside(work, file.number))
    try:
        found = store.read(file.key, most_bytes=form().most_bytes, etag=file.etag)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] in {404, 412}:
            raise RefusedBatchError(
                f"file {file.number} was changed or deleted since the batch began; start it again"
            ) from None
        raise
    with kept, aside:
        for line in screened(found, form()):
            if isinstance(line, Reject):
                aside.write(line.written())
            else:
                kept.write(line + b"\n")
    rows = kept.count + aside.count
    logger.info("file screened", extra={"number": file.number, "rows": rows, "kept": kept.count})
    return {"number": file.number, "name": file.name, "rows": rows, "kept": kept.count}
