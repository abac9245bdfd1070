"""The function's role holds nothing that could be taken away unnoticed."""

import json
import re
from datetime import UTC, datetime

from fixtures.retail.deliveries import deliveries
from fixtures.retail.files import VISITS, csv_lines
from fixtures.retail.visits import visits

ROLE = "ModelFiles"


def drop_one_of_each(lake, name):
    """Drop a file with a good and a bad record, one that is gone by then, and an object."""
    records = [each.visit for each in visits(1, datetime.now(UTC), seed=9)]
    sent = deliveries(records, seed=1, faults=())
    content = b"".join(csv_lines(sent, list(VISITS))) + b"bad\n"
    key = f"retail_visits/gone-{name}.csv"
    version = lake.drop(key, content)
    lake.s3.delete_object(Bucket=lake.outputs["RawBucketName"], Key=key, VersionId=version)
    lake.drop(f"retail_visits/{name}.csv", content)
    lake.drop(f"objects/rights/{name}.txt", b"a text")


def test_whichever_action_is_taken_away_something_says_so(calm, rights, subtests):
    lake = calm
    # Of a large file's execution, merging/test_large_files.py takes the right away.
    found = [right for right in rights.of(ROLE) if right.action != "states:StartExecution"]
    lake.redeliver_after(seconds=1)
    assert len(found) >= 15

    def denials(refusal):
        return len(refusal.findall(lake.log() + json.dumps(lake.sandbox.problems())))

    for number, right in enumerate(found):
        with subtests.test(action=right.action, on=right.on):
            lake.sandbox.forget_problems()
            assert rights.is_missed(
                right,
                lambda name=f"{number:02}": drop_one_of_each(lake, name),
                denials=denials,
                refusal=re.compile(rf"\b{right.action}\b"),
                seconds=15,
            )
    lake.settle()


def test_the_role_reads_no_record_back(rights):
    reading = [right for right in rights.of(ROLE) if right.action == "s3:GetObject"]
    assert [right.on for right in reading] == ["Modeled/loads/*", "Modeled/objects/*"]
