"""One person leaves the lake: out of every version of every object, and nobody else does."""

import gzip
import json
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import boto3
import duckdb
import pytest
from botocore.exceptions import ClientError

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits
from operations import erasure
from operations.erasure import SCAN, erase
from operations.lake_objects import LakeObjects
from operations.lake_objects import Person as Somebody
from operations.outcome import OperationError
from testing.person import Person

STACK = "DataLake-prod"
PERSON = "p-00c0ffee"
WHO = Somebody("retail_visits", "visitor", PERSON)
GIF = b"GIF89a" + bytes([40, 0, 30, 0, 0, 0, 0])
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


class Holder(NamedTuple):
    """A version of an object that has a name in it."""

    bucket: str
    key: str
    version_id: str
    is_latest: bool


def csv_of(*found):
    return b"".join(csv_lines([Delivery(visit) for visit in found], list(VISITS)))


def receipt(visit, number):
    cells = (f"r-{number:012x}", visit["store"], visit["visit_id"], visit["entered_at"][:10])
    return ";".join([*cells, visit["entered_at"][:19], "2", "19.90"])


@pytest.fixture
def session(sandbox, monkeypatch):
    """Be the account's root, as the command line makes its session."""
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return boto3.session.Session()


@pytest.fixture
def planted(calm):
    """Put a person everywhere that a record can come to be; gives the ids of the visits."""
    lake = calm
    made = [each.visit for each in visits(12, YESTERDAY, seed=94)]
    own = [{**visit, "visitor": PERSON} for visit in made[:4]]
    others = made[4:]
    lake.drop("retail_visits/erase/day.csv", csv_of(*own[:2], *others[:4]))
    lines = [json.dumps(visit) for visit in (*own[2:3], *others[4:6])]
    lines.append(json.dumps({**own[3], "seconds": "long"}))  # goes to quarantine
    lake.drop("retail_visits/erase/day.jsonl.gz", gzip.compress("\n".join(lines).encode()))
    lake.drop("retail_visits/erase/others.csv", csv_of(*others[6:]))
    header = "receipt_id;store;visit_id;paid_on;paid_at;items;amount"
    bought = [receipt(visit, n) for n, visit in enumerate((own[0], others[0]))]
    lake.drop("retail_purchases/erase/till.csv", "\r\n".join([header, *bought]).encode("cp1252"))
    # One is called by the person, one tells of it, and one is of somebody else.
    lake.drop(f"objects/faces/{PERSON}/1.gif", GIF)
    lake.drop("objects/notes/1.txt", f"{PERSON} likes tea".encode())
    lake.drop("objects/faces/p-0badcafe/1.gif", GIF)
    lake.settle()
    lake.merge()
    corrected = {**own[0], "seconds": 42_000}
    lake.drop("retail_visits/erase/corrected.csv", csv_of(corrected))
    lake.settle()
    lake.merge()  # so that a snapshot, and the files that it left, have the person too
    assert lake.ask(f"SELECT * FROM retail_visits WHERE visitor = '{PERSON}'")
    return {visit["visit_id"] for visit in own[:3]}


@pytest.fixture
def published(planted, calm):
    """Publish the person twice: in a set whose snapshot is kept, and in one that is expired."""
    calm.build("expired", validation_percent="40")
    told = calm.build("kept", kept_days="-1", snapshot_days="0")
    assert calm.ask(f"SELECT * FROM training_set WHERE visitor = '{PERSON}'")
    return told


def holders(lake, folder, *names):
    """List every version of every object of the lake that has a name: by other means than ours.

    Whatever bucket is named after the stack is scanned, whether or not a page of the stack's
    resources tells of it.
    """
    buckets = [each["Name"] for each in lake.s3.list_buckets()["Buckets"]]
    found = []
    for bucket in (each for each in buckets if each.startswith(f"{STACK.lower()}-")):
        pages = lake.s3.get_paginator("list_object_versions").paginate(Bucket=bucket)
        for version in (each for page in pages for each in page.get("Versions", ())):
            key, of = version["Key"], version["VersionId"]
            body = lake.s3.get_object(Bucket=bucket, Key=key, VersionId=of)["Body"].read()
            content = plain(body, folder)
            told = key.encode() + content
            if any(name.encode() in told for name in names):
                found.append(Holder(bucket, key, of, version["IsLatest"]))
    return found


def plain(body, folder):
    if body[:2] == b"\x1f\x8b":
        return gzip.decompress(body)
    if body[:4] == b"PAR1":
        path = folder / "object.parquet"
        path.write_bytes(body)
        with duckdb.connect() as con:
            rows = con.execute(f"SELECT t::VARCHAR FROM read_parquet('{path}') t").fetchall()
        return "\n".join(row for (row,) in rows).encode()
    if body[:4] == b"Obj\x01":
        return body + b"".join(inflated(body))
    return body


def inflated(body):
    """Decompress whatever can be, at whichever byte it begins."""
    for begin in range(len(body)):
        with suppress(zlib.error):
            yield zlib.decompressobj(wbits=-15).decompress(body[begin:])


def failed(told):
    """Tell what an erasure left that it should not."""
    return [
        f"{place}: {why}"
        for place, outcome in told.items()
        if outcome.has_failed
        for why in outcome.left
    ]


def manifests(lake):
    found = lake.s3.list_objects_v2(
        Bucket=lake.outputs["TransformedBucketName"], Prefix="manifests/"
    )
    return [lake.document(each["Key"]) for each in found["Contents"]]


def assert_it_names_what_is_there(lake, manifest, *, but_for):
    """Follow a manifest to its rows, to the snapshots they were made of, and to raw files.

    Raw files that had the person are gone whole; the lineage of others' rows names them still.
    """
    snapshot, lineage = manifest["snapshot_id"], manifest["lineage"]
    rows = lake.ask(f"SELECT visit_id FROM training_set FOR VERSION AS OF {snapshot}")
    assert len(rows) == sum(manifest["rows"].values())
    for each in lineage["tables"]:
        name = each["table"].partition(".")[2]
        kept = lake.ask(f'SELECT snapshot_id FROM "{name}$snapshots"')
        assert each["snapshot_id"] in {row["snapshot_id"] for row in kept}
    raw = lake.outputs["RawBucketName"]
    pages = lake.s3.get_paginator("list_object_versions").paginate(Bucket=raw)
    there = {(v["Key"], v["VersionId"]) for page in pages for v in page.get("Versions", ())}
    erased = {(holder.key, holder.version_id) for holder in but_for if holder.bucket == raw}
    named = {tuple(each.values()) for each in lineage["objects"]}
    assert named - erased <= there
    assert named & erased


def of_others(lake):
    rows = lake.ask("SELECT * FROM retail_visits")
    return sorted(tuple(row.items()) for row in rows if row["visitor"] != PERSON)


def test_a_person_is_erased_everywhere_and_nobody_else(planted, published, calm, session, tmp_path):
    lake = calm
    others, bought = of_others(lake), lake.ask("SELECT * FROM retail_purchases")
    names = {*planted, PERSON}
    before = holders(lake, tmp_path, *names)
    kinds = ("Raw", "Modeled", "Failures", "Enhanced", "Transformed")
    zones = {lake.outputs[f"{kind}BucketName"] for kind in kinds}
    assert zones <= {holder.bucket for holder in before}
    # What only an expired snapshot had, a version that is not the latest has still.
    transformed = lake.outputs["TransformedBucketName"]
    assert {h.is_latest for h in before if h.bucket == transformed} == {True, False}

    told = erase(session, STACK, WHO, dry_run=True)
    assert sum(o.total for place, o in told.items() if place != SCAN) == len(before)
    assert sorted(holders(lake, tmp_path, *names)) == sorted(before)

    told = erase(session, STACK, WHO)
    assert failed(told) == []
    assert told[SCAN].done["looked into"] > 20
    assert holders(lake, tmp_path, *names) == []
    assert of_others(lake) == others
    (left,) = lake.ask("SELECT DISTINCT object_key FROM objects")
    assert left["object_key"] == "objects/faces/p-0badcafe/1.gif"
    assert len(lake.ask("SELECT * FROM retail_purchases")) == len(bought) - 1
    assert {each["changed"] for each in lake.merge().values()} == {0}  # it does not come back

    again = erase(session, STACK, WHO)
    assert failed(again) == []
    assert not any(outcome.done["erased"] for outcome in again.values())

    # The next run makes a training set without the person, and no manifest names what is gone.
    made = lake.build("after")
    assert made["changed"]
    assert made["content_hash"] != published["content_hash"]
    (manifest,) = manifests(lake)
    assert_it_names_what_is_there(lake, manifest, but_for=before)
    assert holders(lake, tmp_path, *names) == []


def test_whoever_is_killed_goes_on_with_the_keys_that_were_found(planted, calm, session, tmp_path):
    lake = calm

    class Killed(LakeObjects):
        def each(self, task, bucket, **rest):
            if task == "erase" and bucket == lake.outputs["FailuresBucketName"]:
                raise KeyboardInterrupt
            return super().each(task, bucket, **rest)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(erasure, "LakeObjects", Killed)
        with pytest.raises(KeyboardInterrupt):
            erase(session, STACK, WHO)
    told = erase(session, STACK, WHO)
    assert failed(told) == []
    assert holders(lake, tmp_path, *planted, PERSON) == []


def test_who_is_no_person_of_a_contract_is_refused(calm, session):
    with pytest.raises(OperationError, match="no contract says that 'store'"):
        erase(session, STACK, Somebody("retail_visits", "store", "harbour"))


def test_the_policy_of_the_docs_is_what_it_takes(calm, subtests):
    eraser = Person(calm, "eraser", stack=STACK)
    try:
        assert failed(erase(eraser, STACK, WHO)) == []
        for lacking in eraser.lacking():
            with subtests.test(lacking=lacking), pytest.raises(ClientError, match="AccessDenied"):
                erase(eraser, STACK, WHO)
    finally:
        eraser.leave()
