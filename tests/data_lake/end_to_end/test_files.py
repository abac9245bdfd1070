"""Good and bad files through the deployed lake, faults on the way, and what Athena then says."""

import json
from collections import Counter
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from fixtures.retail.deliveries import (
    CSV_FORMS,
    JSON_FORMS,
    PURCHASE_FAULTS,
    VISIT_FAULTS,
    deliveries,
)
from fixtures.retail.files import PURCHASES, VISITS, csv_lines, gzipped, json_lines
from fixtures.retail.visits import visits

TODAY = datetime.now(UTC)
HEADER = ",".join(VISITS).encode() + b"\n"
BAD_FILES = {
    "retail_visits/bad/empty.csv": (b"", "empty"),
    "retail_visits/bad/torn.csv.gz": (b"\x1f\x8b\x08\x00torn", "torn_container"),
    "retail_visits/bad/header.csv": (b"a,b\n1,2\n", "wrong_header"),
    "retail_visits/bad/notes.docx": (b"PK", "unknown_format"),
    "nobody/knows.csv": (b"a\n1\n", "unknown_dataset"),
    "objects/exits/torn.png": (b"\x89PNG\r\n\x1a\n", "unreadable_object"),
}
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (40).to_bytes(4, "big") + (30).to_bytes(4, "big")


def sent(records, faults, forms, seed):
    return list(
        deliveries(records, seed=seed, faults=faults, forms=forms, dirty=0.05, repeated=0.02)
    )


def agree(lake, view, key, folder, sent_):
    """Every good record once in the view, every bad one in quarantine with its reason."""
    good = {d.record[key] for d in sent_ if d.is_good}
    found = lake.ask(
        f"SELECT {key} AS id FROM {view} WHERE source_id IN "
        f"(SELECT source_id FROM loads WHERE object_key LIKE '{folder}%')"
    )
    assert Counter(row["id"] for row in found) == Counter(good)
    rejects = lake.ask(
        "SELECT reason, column_name, count(*) AS n FROM quarantine "
        f"WHERE object_key LIKE '{folder}%' GROUP BY reason, column_name"
    )
    assert {(r["reason"], r["column_name"] or ""): int(r["n"]) for r in rejects} == Counter(
        (d.reason, d.column) for d in sent_ if not d.is_good
    )


def test_every_good_record_is_there_once_and_every_bad_one_with_its_reason(calm):
    lake = calm
    lake.redeliver_after(seconds=1)
    day = list(visits(600, TODAY, seed=21, late=0.1))
    first = sent((d.visit for d in day[:400]), VISIT_FAULTS, CSV_FORMS, 1)
    rest = sent((d.visit for d in day[400:]), VISIT_FAULTS, JSON_FORMS, 2)
    bought = sent((d.purchase for d in day if d.purchase), PURCHASE_FAULTS, {}, 3)
    # What fails in passing is tried again, and leaves no trace in the tables.
    lake.sandbox.faults(
        [
            {"action": "s3:PutObject", "code": "SlowDown", "status": 503, "times": 4},
            {"action": "s3:GetObject", "code": "InternalError", "status": 500, "times": 2},
        ]
    )
    content = b"".join(csv_lines(first, list(VISITS)))
    lake.drop("retail_visits/a/1.csv", content)
    lake.drop("retail_visits/a/2.jsonl.gz", b"".join(gzipped(json_lines(rest))))
    lines = csv_lines(bought, PURCHASES, delimiter=";", encoding="windows-1252")
    lake.drop("retail_purchases/a/1.csv", b"".join(lines))
    for key, (bad, _) in BAD_FILES.items():
        lake.drop(key, bad)
    seen = next(d.record["visit_id"] for d in first if d.is_good)
    lake.drop(f"objects/exits/{seen}.png", PNG)
    lake.settle()
    lake.sandbox.faults([])
    # The same file again is another version, and its records are still there once.
    lake.drop("retail_visits/a/1.csv", content)
    lake.settle()

    assert lake.dead_letters() == 0
    agree(lake, "retail_visits", "visit_id", "retail_visits/a/2", rest)
    agree(lake, "retail_purchases", "receipt_id", "retail_purchases/a/", bought)
    everything = lake.ask(
        "SELECT visit_id FROM retail_visits WHERE source_id IN "
        "(SELECT source_id FROM loads WHERE object_key LIKE 'retail_visits/a/%')"
    )
    good = {d.record["visit_id"] for d in [*first, *rest] if d.is_good}
    assert Counter(row["visit_id"] for row in everything) == Counter(good)
    (picture,) = lake.ask(lake.saved_queries()["pictures_of_visits"])
    assert (picture["visit_id"], picture["width"], picture["height"]) == (seen, "40", "30")
    kinds = lake.ask("SELECT content_type, file_reason FROM objects WHERE collection = 'exits'")
    assert {tuple(row.values()) for row in kinds} == {
        ("image/png", None),
        (None, "unreadable_object"),
    }
    set_aside = lake.ask("SELECT object_key, reason FROM quarantine WHERE line_number IS NULL")
    assert {row["object_key"]: row["reason"] for row in set_aside} == {
        key: reason for key, (_, reason) in BAD_FILES.items()
    }


def test_a_delivery_that_comes_twice_writes_nothing_the_second_time(calm):
    lake = calm
    row = b"v-00000000000a,harbour,p-00000001,%s,60,1,0,adult,3.5,false\n"
    content = HEADER + row % TODAY.strftime("%Y-%m-%dT00:00:00Z").encode()
    lake.drop("retail_visits/twice.csv", content)
    lake.settle()
    before = sorted(lake.keys("ModeledBucketName"))
    lake.sqs.send_message(QueueUrl=lake.outputs["QueueUrl"], MessageBody=notice(lake))
    lake.settle()
    assert sorted(lake.keys("ModeledBucketName")) == before
    (load,) = lake.loads("retail_visits/twice.csv")
    assert (load["records_read"], load["records_modeled"]) == ("1", "1")


def test_saved_queries_answer_and_a_table_of_training_rows_is_kept(calm):
    lake = calm
    texts = lake.saved_queries()
    # Those that ask what is merged are asked where something is.
    queries = {name: sql for name, sql in texts.items() if "_enhanced" not in sql}
    training = queries.pop("save_training_rows")
    assert len(queries) == 6
    for sql in queries.values():
        lake.ask(sql)
    lake.ask(training)
    (counted,) = lake.ask("SELECT count(*) AS n FROM training_rows")
    (visited,) = lake.ask("SELECT count(*) AS n FROM retail_visits")
    assert counted == visited
    lake.ask("DROP TABLE training_rows")


def test_whoever_may_write_everything_writes_to_no_zone_but_raw(calm, administrator):
    for bucket in ("ModeledBucketName", "FailuresBucketName"):
        with pytest.raises(ClientError, match="AccessDenied"):
            administrator.put_object(Bucket=calm.outputs[bucket], Key="loads/a.json", Body=b"{}")
    administrator.put_object(
        Bucket=calm.outputs["RawBucketName"], Key="retail_visits/none.csv", Body=b""
    )


def notice(lake):
    """Write the notification of the file, as S3 sent it."""
    bucket, key = lake.outputs["RawBucketName"], "retail_visits/twice.csv"
    head = lake.s3.head_object(Bucket=bucket, Key=key)
    thing = {
        "key": key,
        "size": head["ContentLength"],
        "eTag": head["ETag"].strip('"'),
        "versionId": head["VersionId"],
        "sequencer": "0",
    }
    record = {
        "eventName": "ObjectCreated:Put",
        "eventTime": head["LastModified"].isoformat().replace("+00:00", "Z"),
        "s3": {"bucket": {"name": bucket}, "object": thing},
    }
    return json.dumps({"Records": [record]})
