"""The deployed job: a training set of what was merged, one snapshot for each content."""

import time
from datetime import UTC, datetime, timedelta
from itertools import product
from urllib.parse import quote

import pytest
from botocore.exceptions import ClientError

from demos.data_lake.known import moment
from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import PURCHASES, VISITS, csv_lines
from fixtures.retail.visits import STORES, visits

YESTERDAY = datetime.now(UTC) - timedelta(days=1)


def drop(lake, name, made):
    sent = [Delivery(each.visit) for each in made]
    bought = [Delivery(each.purchase) for each in made if each.purchase]
    tills = {"delimiter": ";", "encoding": "windows-1252"}
    lines = {
        "retail_visits": csv_lines(sent, list(VISITS)),
        "retail_purchases": csv_lines(bought, PURCHASES, **tills),
    }
    for dataset, content in lines.items():
        lake.drop(f"{dataset}/features/{name}.csv", b"".join(content))
    lake.settle()


def files(lake, folder):
    pages = lake.s3.get_paginator("list_objects_v2").paginate(
        Bucket=lake.outputs["TransformedBucketName"], Prefix=f"training_set/{folder}/"
    )
    return {each["Key"] for page in pages for each in page.get("Contents", [])}


def ask(lake, tail):
    return lake.ask(f"SELECT visit_id, split, label FROM training_set {tail}")


def test_before_anything_was_merged_there_is_nothing_and_that_is_told(calm):
    told = calm.build("early")
    nothing = dict.fromkeys(("manifest", "content_hash", "snapshot_id"))
    assert told == {**nothing, "changed": False}


def test_a_training_set_is_one_snapshot_with_its_manifest_and_the_same_again(calm):
    drop(calm, "first", list(visits(300, YESTERDAY, seed=201, late=0.5)))
    calm.merge()
    first = calm.build("first")
    assert first["changed"]
    # Nobody hands faces over, and so there are none.
    assert calm.document(f"manifests/{first['content_hash']}.json")["lineage"]["faces"] is None
    assert [row["n"] for row in calm.ask("SELECT sum(store_faces) AS n FROM training_set")] == ["0"]
    assert calm.build("again") == {**first, "changed": False}


def test_a_run_that_is_killed_anywhere_leaves_what_the_next_one_ends(calm):
    lake, job = calm, calm.outputs["FeaturesJobName"]
    glue = lake.sandbox.client("glue")
    percent = {"validation_percent": "25"}
    for seconds in (2, 4, 6, 8):
        run_id = lake.start_build(f"killed-{seconds}", **percent)
        time.sleep(seconds)
        glue.batch_stop_job_run(JobName=job, JobRunIds=[run_id])
        lake.ended_merge(run_id, job)
    done = lake.build("done", sweep_minutes="0", **percent)
    assert lake.build("once-more", **percent) == {**done, "changed": False}
    # A clean run of the same content left as many files as all these did.
    manifest = lake.document(done["manifest"].split("/", 3)[3])
    assert sum(manifest["rows"].values()) == len(ask(lake, ""))
    paths = {r["p"].split("/", 3)[3] for r in lake.ask('SELECT "$path" AS p FROM training_set')}
    assert paths <= files(lake, "data")


def test_a_second_run_at_once_is_refused(calm):
    job, glue = calm.outputs["FeaturesJobName"], calm.sandbox.client("glue")
    run_id = calm.start_build("one")
    with pytest.raises(glue.exceptions.ConcurrentRunsExceededException):
        calm.start_build("two")
    calm.ended_merge(run_id, job)


def test_faces_count_for_who_came_after_they_were_known_and_for_nobody_before(calm, faces):
    drop(calm, "first", list(visits(300, YESTERDAY, seed=201, late=0.5)))
    calm.merge()
    noon = YESTERDAY.replace(hour=12, minute=0, second=0, microsecond=0)
    # Seen in the morning; known at noon, three hours later, and not before tomorrow.
    analyses = {noon: 7, noon + timedelta(hours=3): 3, noon + timedelta(days=2): 9}
    place = faces(
        "seen",
        [
            {
                "frame_id": f"{store}-{analyzed}-{number}",
                "face_index": "0",
                "store": quote(store),
                "captured_at": f"{noon - timedelta(hours=4):%Y-%m-%d %H:%M:%S}.000",
                "analyzed_at": f"{analyzed:%Y-%m-%d %H:%M:%S}.000",
                "batch_id": "b",
                "face_confidence": "99.5",
                "age_low": "10",
                "age_high": "14",
            }
            for store, (analyzed, count) in product(STORES, analyses.items())
            for number in range(count)
        ],
    )
    made = calm.build("faces")
    assert calm.document(f"manifests/{made['content_hash']}.json")["lineage"]["faces"] == place
    rows = calm.ask("SELECT moment, store_faces FROM training_set")
    told = {
        (
            sum(n for at, n in analyses.items() if at < moment(row["moment"])),
            int(row["store_faces"]),
        )
        for row in rows
    }
    assert told == {(0, 0), (7, 7), (10, 10)}


def test_nobody_else_writes_to_the_transformed_zone(calm, administrator):
    with pytest.raises(ClientError, match="AccessDenied"):
        administrator.put_object(
            Bucket=calm.outputs["TransformedBucketName"], Key="manifests/a.json", Body=b""
        )
