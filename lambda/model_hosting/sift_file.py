"""Part a file's answers into results and rejects, and count them: a step of a batch."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.logging import Logger

from model_hosting import batch_places
from model_hosting.batch_manifest import REJECTS, RESULTS
from model_hosting.batch_rejects import CountError, Reject, sifted
from model_hosting.read_batch_files import form, storage

logger = Logger()


@logger.inject_lambda_context(clear_state=True)
def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """Take a screened file; give how many of its rows have a result, and how many none.

    Raises CountError unless every row has either.
    """
    file, work, run, store = event["file"], event["work"], event["run"], storage()
    number, name = file["number"], file["name"]
    results = store.write(f"{RESULTS}/{run}/{name}")
    rejects = store.write(f"{REJECTS}/{run}/{name}.jsonl")
    was_asked, has_aside = file["kept"] > 0, file["rows"] > file["kept"]
    with results, rejects:
        for line in sifted(
            store.written(batch_places.screened(work, number, form())) if was_asked else (),
            store.written(batch_places.answered(work, number, form())) if was_asked else (),
            store.written(batch_places.set_aside(work, number)) if has_aside else (),
            form(),
        ):
            if isinstance(line, Reject):
                rejects.write(line.written())
            else:
                results.write(line + b"\n")
        if results.count + rejects.count != file["rows"]:
            raise CountError(
                f"{file['rows']} rows have {results.count} results and {rejects.count} rejects"
            )
    logger.info("file sifted", extra={"number": number, "rejects": rejects.count})
    return {
        "name": name,
        "rows": file["rows"],
        "results": results.count,
        "rejects": rejects.count,
    }
