"""The function that erases holds nothing that could be taken away unnoticed."""

import json
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import groupby
from operator import attrgetter

import boto3
import pytest

from fixtures.retail.deliveries import Delivery
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits
from operations.lake_objects import NAMES, LakeObjects, Person
from operations.outcome import OperationError

ROLE = "GovernanceErasureErasePerson"
WHO = Person("retail_visits", "visitor", "p-0badcafe")
# Where older versions are left, too, of which nobody but a bucket's own writers puts any.
ZONES = ("CurationEnhancedZone", "CurationTrainingSetZone", "CatalogWorkgroupResults")
BUCKETS = ("Raw", "Failures", "Modeled", *ZONES, "AccessLogs")
actions = attrgetter("action")


@pytest.fixture
def session(lake, monkeypatch):
    for name, value in lake.sandbox.environment().items():
        monkeypatch.setenv(name, value)
    return boto3.session.Session()


@contextmanager
def unguarded(s3, bucket):
    """Have a bucket without its policy meanwhile."""
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.delete_bucket_policy(Bucket=bucket)
    yield
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)


def plant(lake, rights, name):
    """Put a person into the lake: a record alone in its day, one among others, one set aside.

    And into an older version of an object in each of the other zones.
    """
    for bucket in map(rights.named, ZONES):
        with unguarded(lake.s3, bucket):
            for content in (WHO.value.encode(), b"nobody"):
                lake.s3.put_object(Bucket=bucket, Key=f"rights/{name}.txt", Body=content)
    (own, other) = (each.visit for each in visits(2, datetime.now(UTC), seed=hash(name) % 9_999))
    own = {**own, "visitor": WHO.value}
    bad = {**own, "seconds": "long"}
    lines = b"".join(csv_lines([Delivery(own), Delivery(other)], list(VISITS)))
    lake.drop(f"retail_visits/rights-{name}.csv", lines)
    alone = b"".join(csv_lines([Delivery(own)], list(VISITS)))
    lake.drop(f"retail_visits/rights-{name}-alone.csv", alone)
    refused = "\n".join(json.dumps(each) for each in (bad, own)).encode()
    lake.drop(f"retail_visits/rights-{name}.jsonl", refused)
    lake.drop(f"objects/rights/{name}.txt", f"about {WHO.value}".encode())
    lake.settle()


def erase(lake, rights, session):
    """Have the function do each of its tasks; gives what it says of those that it cannot do."""
    objects = LakeObjects(session, lake.outputs["EraseFunctionName"], WHO)
    gone = {"key": "gone", "version": "0" * 32, "latest": True, "size": 0}
    gone["at"] = "2026-11-29T00:00:00+00:00"
    told = []

    def attempt(task):
        try:
            task()
        except OperationError as error:
            told.append(str(error))

    attempt(lambda: objects.ask("begin"))
    for bucket in map(rights.named, BUCKETS):
        attempt(partial(objects.ask, "look", bucket=bucket, objects=[gone]))
        attempt(lambda bucket=bucket: list(objects.each("erase", bucket)))
    failures = lake.outputs["FailuresBucketName"]
    attempt(lambda: list(objects.each("end", failures, prefix=NAMES)))
    return "\n".join(told)


def test_whichever_action_is_taken_away_something_says_so(calm, rights, session, subtests):
    lake = calm
    found = rights.of(ROLE)
    assert len(found) >= 30

    def denials(refusal):
        return len(refusal.findall(json.dumps(lake.sandbox.problems())))

    # Those to one action on several buckets at once: a refusal says on which. One of them may keep
    # the function from what another is for, which then is taken away alone.
    alone = []
    for action, alike in groupby(sorted(found, key=actions), key=actions):
        lacking = list(alike)
        plant(lake, rights, action.replace(":", "-"))
        lake.sandbox.forget_problems()
        with rights.without(*lacking):
            said = erase(lake, rights, session) + json.dumps(lake.sandbox.problems())
        alone += [right for right in lacking if not rights.refusal(right).search(said)]
    for number, right in enumerate(alone):
        with subtests.test(action=right.action, on=right.on):
            plant(lake, rights, f"{number:02}")
            lake.sandbox.forget_problems()
            assert rights.is_missed(
                right,
                lambda: erase(lake, rights, session),
                denials=denials,
                refusal=re.compile(rf"\b{right.action}\b"),
                seconds=15,
            )
    erase(lake, rights, session)


def test_the_role_starts_nothing_and_hands_on_nothing(rights):
    services = {right.action.partition(":")[0] for right in rights.of(ROLE)}
    assert services <= {"s3", "kms", "logs", "xray"}
