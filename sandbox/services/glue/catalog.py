"""Glue's Data Catalog and S3 as Athena uses them: every step as the caller of the query."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sandbox.core import emulator
from sandbox.core.upstream import responses
from sandbox.iam import authorization
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.tables import Entry, GlueTable
from sandbox.services.glue.upstream import glue
from sandbox.services.kms import keys
from sandbox.services.s3 import reading
from sandbox.services.s3.upstream import s3


def require(action: str, *arns: str, context: Mapping[str, Any] | None = None) -> None:
    """Fail the query, in Athena's words, unless the caller may do this to every resource."""
    caller = authorization.request_caller()
    for arn in arns:
        reason = authorization.denial(caller, action, arn, context)
        if reason:
            if action.startswith("s3:"):
                message = f"Access denied when {action} on {arn.partition(':::')[2]}: {reason}"
            else:
                message = f"Insufficient permissions to execute the query. {reason}"
            raise AthenaError("PERMISSION_DENIED", message)


class GlueCatalog:
    """The catalog of the sandbox's account and Region."""

    def databases(self) -> Sequence[str]:
        """List databases."""
        self._allow("GetDatabases")
        return sorted(name for name in glue._databases)

    def database(self, name: str) -> Mapping[str, Any] | None:
        """Find a database."""
        self._allow("GetDatabase", name)
        found: Mapping[str, Any] | None = glue._databases.get(name)
        return found

    def tables(self, database: str) -> Sequence[GlueTable]:
        """List a database's tables and views."""
        self._allow("GetTables", database)
        return [t for key, t in sorted(glue._tables.items()) if key.startswith(f"{database}/")]

    def table(self, database: str, name: str) -> GlueTable | None:
        """Find a table or view."""
        self._allow("GetDatabase", database)
        self._allow("GetTable", database, name)
        found: GlueTable | None = glue._tables.get(f"{database}/{name}")
        return found

    def partitions(self, database: str, name: str) -> Sequence[Mapping[str, Any]]:
        """List the registered partitions."""
        self._allow("GetPartitions", database, name)
        return list(glue._partitions.get(f"{database}/{name}", []))

    def create_database(self, given: Mapping[str, Any]) -> None:
        """Create a database."""
        self._allow("CreateDatabase", given["Name"])
        _done(glue._create_database({"DatabaseInput": dict(given)}))

    def delete_database(self, name: str) -> None:
        """Delete a database with all its tables."""
        self._allow("DeleteDatabase", name)
        _done(glue._delete_database({"Name": name}))

    def create_table(self, database: str, given: Mapping[str, Any]) -> None:
        """Create a table or view."""
        self._allow("CreateTable", database, given["Name"])
        _done(glue._create_table({"DatabaseName": database, "TableInput": dict(given)}))

    def update_table(self, database: str, given: Mapping[str, Any]) -> None:
        """Replace a table or view."""
        self._allow("UpdateTable", database, given["Name"])
        _done(glue._update_table({"DatabaseName": database, "TableInput": dict(given)}))

    def delete_table(self, database: str, name: str) -> None:
        """Delete a table or view."""
        self._allow("DeleteTable", database, name)
        _done(glue._delete_table({"DatabaseName": database, "Name": name}))

    def create_partition(self, database: str, name: str, given: Mapping[str, Any]) -> None:
        """Register a partition."""
        self._allow("BatchCreatePartition", database, name)
        request = {"DatabaseName": database, "TableName": name, "PartitionInput": dict(given)}
        _done(glue._create_partition(request))

    def delete_partition(self, database: str, name: str, values: Sequence[str]) -> None:
        """Forget a partition."""
        self._allow("DeletePartition", database, name)
        request = {"DatabaseName": database, "TableName": name, "PartitionValues": list(values)}
        _done(glue._delete_partition(request))

    def _allow(self, action: str, database: str = "", table: str = "") -> None:
        # Glue asks for the whole path: the catalog, the database and the table.
        root = (
            f"arn:{emulator.PARTITION}:glue:{responses.get_region()}:{responses.get_account_id()}"
        )
        arns = [f"{root}:catalog"]
        if database:
            arns.append(f"{root}:database/{database}")
        if table:
            arns.append(f"{root}:table/{database}/{table}")
        elif action == "GetTables":
            arns.append(f"{root}:table/{database}/*")
        require(f"glue:{action}", *arns)


def _done(reply: tuple[int, Any, bytes]) -> None:
    if reply[0] >= 300:
        told = json.loads(reply[2])
        raise AthenaError("HIVE_METASTORE_ERROR", str(told.get("message") or told.get("Message")))


class CallersStore:
    """S3 as the caller may see it. Writes happen on the event loop, where S3's events are sent.

    Who gives no loop only reads.
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop | None, encryption: Mapping[str, str]
    ) -> None:
        self.loop, self.encryption = loop, encryption

    def list(self, bucket: str, prefix: str) -> Sequence[Entry]:
        """List a prefix."""
        arn = f"arn:{emulator.PARTITION}:s3:::{bucket}"
        if s3._ensure_bucket(bucket) is None:
            raise AthenaError("", f"The specified bucket does not exist: {bucket}")
        require("s3:ListBucket", arn, context={"s3:prefix": prefix})
        objects = dict(s3._buckets[bucket]["objects"])
        keys = sorted(key for key in objects if key.startswith(prefix))
        return [Entry(key, int(objects[key].get("size", 0))) for key in keys]

    def read(self, bucket: str, key: str) -> bytes:
        """Read an object."""
        try:
            with keys.asked_again():
                return reading.read_object(bucket, key)
        except emulator.ServiceError as error:
            if error.code == "NoSuchKey":
                message = f"Error opening Hive split s3://{bucket}/{key}"
                why = f"{message}: The specified key does not exist"
                raise AthenaError("HIVE_CANNOT_OPEN_SPLIT", why) from error
            message = f"Access denied when reading s3://{bucket}/{key}: {error.message}"
            raise AthenaError("PERMISSION_DENIED", message) from error

    def write(self, bucket: str, key: str, body: bytes) -> None:
        """Write an object, encrypted as the workgroup says."""
        require("s3:PutObject", f"arn:{emulator.PARTITION}:s3:::{bucket}/{key}")
        if s3._ensure_bucket(bucket) is None:
            raise AthenaError("", f"The specified bucket does not exist: {bucket}")
        headers = {"content-length": str(len(body)), **self.encryption}
        reply = self._on_loop(lambda: s3._put_object(bucket, key, body, headers))
        if reply[0] >= 300:
            text = reply[2].decode(errors="replace").partition("<Message>")[2].partition("</")[0]
            raise AthenaError(
                "PERMISSION_DENIED",
                f"Access denied when writing output to url: s3://{bucket}/{key}. {text}",
            )

    def _on_loop(self, act: Callable[[], Any]) -> Any:
        if self.loop is None:
            raise RuntimeError("a store without an event loop is there to be read")

        async def run() -> Any:
            with keys.asked_again():
                return act()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(timeout=60)
