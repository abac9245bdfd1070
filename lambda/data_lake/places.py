"""Where things are: which data set a raw file belongs to, and the keys of what is written."""

from datetime import date

from data_lake.contract import Contract
from data_lake.reasons import FileReason, SetAside
from runtime.object_versions import ObjectVersion

UNKNOWN = "unknown"  # the data set of files, and of streamed records, that belong to none
REFUSED = "refused/"  # where a stream leaves records that it could not deliver
OBJECTS = "objects"  # the folder, and the data set, of what is no file of records


def contract_of(key: str, contracts: dict[str, Contract]) -> Contract:
    """Find the contract by the first folder of a raw file; raises SetAside where there is none."""
    folder, slash, _ = key.partition("/")
    if not slash or folder not in contracts:
        told = f"its folder is none of {', '.join(sorted(contracts))}"
        raise SetAside(FileReason.UNKNOWN_DATASET, told)
    return contracts[folder]


def modeled_key(dataset: str, day: date, source: ObjectVersion, part: int | None = None) -> str:
    """Name the records of one day that come from one file, or a part of it: always the same."""
    return f"{dataset}/day={day.isoformat()}/{_name(source, part)}.parquet"


def quarantine_key(dataset: str, source: ObjectVersion, part: int | None = None) -> str:
    """Name the records of one file, or of a part of it, that were set aside."""
    day = source.event_time.date().isoformat()
    return f"quarantine/dataset={dataset}/day={day}/{_name(source, part)}.parquet"


def is_object(key: str) -> bool:
    """Tell whether a raw file is catalogued as it is, and no records are read from it."""
    return key.startswith(f"{OBJECTS}/")


def collection_of(key: str) -> str:
    """Read what an object belongs to from its key, ``objects/<collection>/<name>``.

    Raises SetAside for a key of another form.
    """
    collection, slash, name = key.removeprefix(f"{OBJECTS}/").partition("/")
    if not (collection and slash and name):
        raise SetAside(FileReason.NO_COLLECTION, "its key is not objects/<collection>/<name>")
    return collection


def _name(source: ObjectVersion, part: int | None) -> str:
    return source.object_id if part is None else f"{source.object_id}-{part:05}"


def record_key(source: ObjectVersion) -> str:
    """Name the record that says that one raw file is done."""
    folder = OBJECTS if is_object(source.key) else "loads"
    return f"{folder}/day={source.event_time.date().isoformat()}/{source.object_id}.json"
