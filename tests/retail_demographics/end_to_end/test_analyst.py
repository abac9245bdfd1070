"""The policy for analysts in the docs is enough to ask the views, and has nothing to spare."""

import json
import re
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest

from fixtures.faces import draw_frame

POLICY = Path(__file__).parents[3] / "docs/policies/analyst.json"
NAME = "analyst"
QUESTION = "SELECT count(*) AS hours FROM demographics_by_store_hour"


@pytest.fixture
def analyst(shop):
    """Make a role with the policy of the docs; gives its statements and a way to ask with some."""
    iam, sts = shop.sandbox.client("iam"), shop.sandbox.client("sts")
    _, partition, *_, account, root = sts.get_caller_identity()["Arn"].split(":")
    group = shop.athena.get_work_group(WorkGroup=shop.outputs["WorkgroupName"])["WorkGroup"]
    answers = group["Configuration"]["ResultConfiguration"]["OutputLocation"]
    place = {
        **shop.outputs,
        **{"partition": partition, "account": account, "region": sts.meta.region_name},
        "query results bucket": urlsplit(answers).netloc,
    }
    text = re.sub("<([^>]+)>", lambda found: place[found[1]], POLICY.read_text())
    statements = json.loads(text)["Statement"]
    trust = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:{partition}:iam::{account}:{root}"},
            "Action": "sts:AssumeRole",
        },
    }
    role = iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    policy = {"RoleName": NAME, "PolicyName": "views"}

    def ask(allowed):
        document = {"Version": "2012-10-17", "Statement": allowed}
        iam.put_role_policy(**policy, PolicyDocument=json.dumps(document))
        keys = sts.assume_role(RoleArn=role["Arn"], RoleSessionName=NAME)["Credentials"]
        mine = {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
        as_root = shop.athena
        shop.athena = shop.sandbox.client("athena", credentials=mine)
        try:
            return shop.ask(QUESTION)
        finally:
            shop.athena = as_root

    yield SimpleNamespace(statements=statements, ask=ask)
    iam.delete_role_policy(**policy)
    iam.delete_role(RoleName=NAME)


def test_the_documented_policy_is_what_an_analyst_needs(calm, analyst):
    picture = draw_frame(5, faces=1, size=(320, 240), format="jpeg").image
    calm.send([("Analysts/door/frame.jpg", picture)])
    calm.settle()
    assert len(analyst.ask(analyst.statements)) == 1
    for place, statement in enumerate(analyst.statements):
        fewer = analyst.statements[:place] + analyst.statements[place + 1 :]
        with pytest.raises(Exception, match=r"(?i)not authorized") as denied:
            analyst.ask(fewer)
        assert NAME in str(denied.value), statement["Sid"]
