"""What became of one raw file, as a line of JSON: the lineage of what was written."""

import json
from collections.abc import Sequence

from data_lake.modeling import Outcome
from runtime.object_versions import ObjectVersion


def load_record(
    source: ObjectVersion, dataset: str, version: int | None, outcome: Outcome, keys: Sequence[str]
) -> bytes:
    """Say what was read, what was made of it, and where that is."""
    told = {
        "source_id": source.object_id,
        "dataset": dataset,
        "object_key": source.key,
        "version_id": source.version_id or source.e_tag,
        "size_bytes": source.size_bytes,
        "arrived_at": source.event_time.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
        "contract_version": version,
        "file_reason": outcome.file_reason,
        "records_read": outcome.read,
        "records_modeled": outcome.good,
        "records_set_aside": outcome.read - outcome.good,
        "records_repeated": outcome.repeated,
        "added_columns": sorted(outcome.added),
        "written_keys": list(keys),
    }
    return json.dumps(told, ensure_ascii=True).encode()
