"""A crawl: list, look, group, and write tables into the catalog, all as the crawler's role."""

import contextvars
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sandbox.core import emulator, in_flight
from sandbox.services.athena.engine.errors import AthenaError
from sandbox.services.athena.engine.tables import hidden, split_location
from sandbox.services.glue.catalog import CallersStore, GlueCatalog
from sandbox.services.glue.crawlers import entries
from sandbox.services.glue.crawlers.classifiers import UNKNOWN, classify
from sandbox.services.glue.crawlers.crawls import RUNNING, Crawl
from sandbox.services.glue.crawlers.grouping import Found, Object, tables

_log = logging.getLogger(__name__)
Say = Callable[[str], None]


class StoppedError(Exception):
    """Somebody stopped the crawl."""


def begin(crawl: Crawl, say: Say) -> None:
    """Have a crawl done in the account and Region of the current request."""
    context = contextvars.copy_context()
    threading.Thread(
        target=lambda: context.run(_do, crawl, say), name="glue-crawler", daemon=True
    ).start()


def _do(crawl: Crawl, say: Say) -> None:
    with in_flight.counted("crawl"):
        say(f"[{crawl.prefix}] BENCHMARK : Running Start Crawl for Crawler {crawl.name}")
        status, error = "SUCCEEDED", ""
        try:
            with emulator.acting_as(crawl.credentials["AWS_ACCESS_KEY_ID"]):
                _crawl(crawl, say)
        except StoppedError:
            status = "CANCELLED"
        except AthenaError as failed:
            status, error = "FAILED", failed.message
        except Exception as unforeseen:  # fails this crawl, not the sandbox
            _log.exception("crawl of %s", crawl.name)
            status, error = "FAILED", f"Internal Service Exception: {unforeseen}"
        say(f"[{crawl.prefix}] {'ERROR' if error else 'INFO'} : {error or status}")
        crawl.end(status, error)


def _crawl(crawl: Crawl, say: Say) -> None:
    catalog, database = GlueCatalog(), str(crawl.crawler.get("DatabaseName") or "default")
    if catalog.database(database) is None:
        raise AthenaError("", f"Database {database} not found")
    seen: set[str] = set()
    for target in (crawl.crawler.get("Targets") or {}).get("S3Targets") or ():
        bucket, prefix = split_location(str(target["Path"]))
        last = prefix.rstrip("/").rpartition("/")[2] or bucket
        objects = list(_objects(crawl, bucket, prefix, say))
        for found in tables(objects, last):
            _go_on(crawl)
            root = f"s3://{bucket}/{prefix}"
            _write(crawl, catalog, database, found, root, seen)
    _miss(crawl, catalog, database, seen)


def _go_on(crawl: Crawl) -> None:
    if crawl.state != RUNNING:
        raise StoppedError


def _objects(crawl: Crawl, bucket: str, prefix: str, say: Say) -> Iterator[Object]:
    store = CallersStore(None, {})
    for entry in store.list(bucket, prefix):
        below = entry.key[len(prefix) :]
        if not entry.size or hidden(below):
            continue
        _go_on(crawl)
        what = classify(store.read(bucket, entry.key))
        if what.format == UNKNOWN:
            say(f"[{crawl.prefix}] WARN : Classification is UNKNOWN: s3://{bucket}/{entry.key}")
        *folders, name = below.split("/")
        yield Object(tuple(folders), name, entry.size, what)


def _write(
    crawl: Crawl,
    catalog: GlueCatalog,
    database: str,
    found: Found,
    root: str,
    seen: set[str],
) -> None:
    """Make a table or change it, and register the partitions that it has not."""
    place = root + "/".join(found.folders) + ("/" if found.folders and not found.is_object else "")
    prefix = str(crawl.crawler.get("TablePrefix") or "")
    given = entries.table_input(found, crawl.name, prefix, place)
    name = given["Name"]
    seen.add(name)
    old = catalog.table(database, name)
    if old is None:
        catalog.create_table(database, given)
        crawl.tables["created"] += 1
    elif not entries.same(old, given) and _updates(crawl.crawler):
        catalog.update_table(database, given)
        crawl.tables["updated"] += 1
    if not found.keys:
        return
    there = {tuple(each["Values"]) for each in catalog.partitions(database, name)}
    for each in entries.partition_inputs(found, root):
        if tuple(each["Values"]) not in there:
            catalog.create_partition(database, name, each)


def _updates(crawler: Mapping[str, Any]) -> bool:
    policy = crawler.get("SchemaChangePolicy") or {}
    return bool(policy.get("UpdateBehavior") != "LOG")


def _miss(crawl: Crawl, catalog: GlueCatalog, database: str, seen: set[str]) -> None:
    """Mark the tables of earlier crawls whose objects are gone, where the crawler says so."""
    policy = crawl.crawler.get("SchemaChangePolicy") or {}
    if policy.get("DeleteBehavior") != "DEPRECATE_IN_DATABASE":
        return
    for table in catalog.tables(database):
        parameters = dict(table.get("Parameters") or {})
        is_ours = parameters.get("UPDATED_BY_CRAWLER") == crawl.name
        if is_ours and table["Name"] not in seen and "DEPRECATED_BY_CRAWLER" not in parameters:
            parameters["DEPRECATED_BY_CRAWLER"] = str(int(crawl.started * 1000))
            kept = ("Name", "Owner", "TableType", "PartitionKeys", "StorageDescriptor")
            changed = {key: table[key] for key in kept if key in table}
            catalog.update_table(database, changed | {"Parameters": parameters})
            crawl.tables["deleted"] += 1
