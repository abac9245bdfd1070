"""What the streaming job may do in the zones: each right is needed, and none is left over."""

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from data_lake.batch_files import BatchFiles
from data_lake.stream_records import take_part
from testing.cut_template import cut, roles_of
from testing.rights import Rights

# There is no EMR here. The job's role, key and buckets are those of the template all the same, and
# what is done with them is what its executors and its driver do.
STACK, ROLE = "SparkStreamRights", "StreamSparkStreamRecords"
BUCKETS = ("Modeled", "Failures", "StreamSparkCheckpoints")
KEPT = timedelta(days=400)
AT = 1_796_000_000_000_000
VISIT = {
    "dataset": "retail_visits",
    "visit_id": "v-000000000001",
    "store": "harbour",
    "visitor": "p-00000001",
    "entered_at": "2026-11-29T09:00:00Z",
    "seconds": 60,
    "zones": 1,
    "basket_touches": 0,
    "purchased": False,
}
PURCHASE = {
    "dataset": "retail_purchases",
    "receipt_id": "r-000000000001",
    "store": "Zürich",
    "visit_id": "v-000000000001",
    "paid_on": "2026-11-29",
    "paid_at": "2026-11-29T09:00:00",
    "items": 1,
    "amount": 1.25,
}
# Good and bad of each data set, and of none.
EVERYTHING = [
    VISIT,
    {**VISIT, "seconds": "60"},
    PURCHASE,
    {**PURCHASE, "items": "1"},
    {"dataset": "nobody"},
]
# Spark deletes what is old of its checkpoint; files of ours stay until they expire.
OF_SPARK = ("s3:DeleteObject", "StreamSparkCheckpoints/*")


@pytest.fixture(scope="module")
def rights(sandbox, variant):
    found = variant(
        "DataLake",
        overrides={
            "data_lake.stream_reader": "emr",
            "data_lake.stream_source": "kinesis",
            "data_lake.stream_subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "data_lake.stream_security_groups": ["sg-0123456789abcdef0"],
        },
    )
    cloudformation = sandbox.client("cloudformation")
    resources = found["Resources"]
    body = json.dumps({"Resources": cut(resources, roles_of(resources, [ROLE]), assumed=True)})
    cloudformation.create_stack(StackName=STACK, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    made = cloudformation.get_waiter("stack_create_complete")
    made.wait(StackName=STACK, WaiterConfig={"Delay": 1})
    return Rights(sandbox, STACK)


@pytest.fixture
def batch(sandbox, rights):
    """Take a batch as the job's role: all of it, then less of it again. Gives what AWS refused."""
    sts, admin = sandbox.client("sts"), sandbox.client("s3")
    modeled, failures, checkpoints = (rights.named(label) for label in BUCKETS)
    admin.put_object(Bucket=checkpoints, Key="checkpoint/metadata", Body=b'{"id": "query"}')

    def take():
        keys = sts.assume_role(RoleArn=rights.arn(ROLE), RoleSessionName="job")["Credentials"]
        s3 = sandbox.client(
            "s3",
            credentials={
                "aws_access_key_id": keys["AccessKeyId"],
                "aws_secret_access_key": keys["SecretAccessKey"],
                "aws_session_token": keys["SessionToken"],
            },
        )
        try:
            named = BatchFiles(lambda: s3, modeled, failures, checkpoints, owner="us")
            named.claim()
            files = named.of_batch(0)
            for some in (EVERYTHING, [VISIT]):
                rows = [(json.dumps(r).encode(), str(n), AT) for n, r in enumerate(some)]
                taken = list(take_part(0, rows, stream="s", kept=KEPT, files=files))
                files.finish("s", taken)
            list(take_part(0, [], stream="s", kept=KEPT, files=files))
        except ClientError as error:
            return str(error)
        return None

    return take


def test_a_batch_is_taken_with_the_rights_of_the_job(batch):
    assert batch() is None


def test_whichever_right_is_taken_away_something_says_so(sandbox, rights, batch, subtests):
    # What it does besides, test_service_roles.py does.
    found = [r for r in rights.of(ROLE) if r.on.startswith((*BUCKETS, "Key for s3"))]
    assert len(found) >= 17
    for right in found:
        if (right.action, right.on) == OF_SPARK:
            continue
        with subtests.test(action=right.action, on=right.on):
            sandbox.forget_problems()
            assert rights.is_missed(
                right,
                batch,
                denials=lambda refusal: len(refusal.findall(json.dumps(sandbox.problems()))),
                seconds=2,
            )
    sandbox.forget_problems()
