"""The deployed job: a training set of what was merged, one snapshot for each content."""

import json
from datetime import UTC, datetime, timedelta

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import PURCHASES, VISITS, csv_lines
from fixtures.retail.visits import visits

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


def build(lake, run, **arguments):
    job = lake.outputs["FeaturesJobName"]
    given = {f"--{name}": value for name, value in {"run": run, **arguments}.items()}
    run_id = lake.sandbox.client("glue").start_job_run(JobName=job, Arguments=given)["JobRunId"]
    ended = lake.ended_merge(run_id, job=job)
    assert ended["JobRunState"] == "SUCCEEDED", ended.get("ErrorMessage")
    return document(lake, f"runs/{run}.json")


def document(lake, key):
    found = lake.s3.get_object(Bucket=lake.outputs["TransformedBucketName"], Key=key)
    return json.loads(found["Body"].read())


def test_a_training_set_is_one_snapshot_with_its_manifest_and_the_same_again(calm):
    lake = calm
    drop(lake, "first", list(visits(200, YESTERDAY, seed=201, late=0.5)))
    lake.merge()
    first = build(lake, "first")
    print(first)
    manifest = document(lake, f"manifests/{first['content_hash']}.json")
    print(json.dumps(manifest, indent=1))
    assert first["changed"]
    again = build(lake, "again")
    assert again == {**first, "changed": False}
