"""The lake as a person has it: deployed by the CDK CLI, IAM on, used by plain clients."""

import json
import sys

import pytest

from testing.operator import Operator
from testing.rights import Rights

STACK = "DataLake"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "data_lake.run_on_arrival": False,  # tests count what they start themselves
    # Spark 3.5 is not for newer Pythons.
    "data_lake.enhanced": sys.version_info < (3, 13),
    "data_lake.large_files": sys.version_info < (3, 13),
}


class Keeper(Operator):
    """Also drops files into the raw zone, and sees to it that each is done with."""

    app = ""  # what it was deployed from

    def drop(self, key, content):
        """Upload one file; returns its version."""
        bucket = self.outputs["RawBucketName"]
        return self.s3.put_object(Bucket=bucket, Key=key, Body=content)["VersionId"]

    def settle(self, seconds=60):
        """Wait until every file is modeled, set aside or in the dead-letter queue."""
        self.wait_for(lambda: self.depth(self.outputs["QueueUrl"]) == 0, seconds)

    def loads(self, key):
        """Read what became of the versions of a file."""
        return self.ask(f"SELECT * FROM loads WHERE object_key = '{key}'")

    def saved_queries(self):
        """Read the saved queries, by name."""
        names = self.athena.list_named_queries(WorkGroup=self.outputs["WorkgroupName"])
        found = self.athena.batch_get_named_query(NamedQueryIds=names["NamedQueryIds"])
        return {query["Name"]: query["QueryString"] for query in found["NamedQueries"]}


@pytest.fixture(scope="session")
def deployed(sandbox, assemblies):
    """Deploy the lake with other settings, at a stage; gives its keeper, who knows the app."""

    def deploy(stage="", **overrides):
        settings = {**SETTINGS, **overrides}
        app = str(assemblies.build(only=[STACK], stage=stage, overrides=settings))
        name = f"{STACK}-{stage}" if stage else STACK
        sandbox.faults([])  # others leave some, and what came of them
        sandbox.forget_problems()
        keeper = Keeper(sandbox, sandbox.deploy(STACK, app=app)[name])
        keeper.app = app
        return keeper

    return deploy


@pytest.fixture(scope="session")
def lake(deployed):
    return deployed()


@pytest.fixture
def calm(lake):
    """Give the lake without faults left over from other tests, and leave none."""
    lake.sandbox.faults([])
    lake.sandbox.forget_problems()
    lake.settle()
    lake.forget_dead_letters()
    yield lake
    lake.sandbox.faults([])


@pytest.fixture
def drained(calm):
    """Give the lake with nothing left in its stream's buffers, and leave it so."""
    calm.come_to_rest()
    yield calm
    calm.sandbox.faults([])
    calm.come_to_rest()


@pytest.fixture(scope="session")
def rights(lake):
    return Rights(lake.sandbox, STACK)


@pytest.fixture
def administrator(lake):
    """Be somebody whose own policy allows everything: a client for S3."""
    iam, sts, name = lake.sandbox.client("iam"), lake.sandbox.client("sts"), "administrator"
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    root = {"AWS": sts.get_caller_identity()["Arn"]}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(allow))
    keys = sts.assume_role(RoleArn=made["Role"]["Arn"], RoleSessionName=name)["Credentials"]
    yield lake.sandbox.client(
        "s3",
        credentials={
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        },
    )
    iam.delete_role_policy(RoleName=name, PolicyName="all")
    iam.delete_role(RoleName=name)


def document(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": statement})
