"""The chain as a person has it: deployed by the CDK CLI, IAM on, used by plain clients."""

import hashlib
import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from testing.operator import Operator

STACK = "ServiceChain"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "service_chain.reconcile_seconds": 10,
    "service_chain.execution_hours": 3,
}


class Office(Operator):
    """Also drops documents, and finds out what became of each."""

    def __init__(self, *args):
        super().__init__(*args)
        self.states = self.sandbox.client("stepfunctions", max_pool_connections=16)

    def drop(self, key, body):
        """Upload one document; returns the id that the chain gives to this version of it."""
        bucket = self.outputs["InboxBucketName"]
        version = self.upload("InboxBucketName", key, body)
        return hashlib.sha256("\0".join((bucket, key, version)).encode()).hexdigest()[:32]

    def drop_all(self, documents):
        """Upload (key, bytes) pairs, eight at a time; returns their ids."""
        with ThreadPoolExecutor(8) as pool:
            return list(pool.map(lambda document: self.drop(*document), documents))

    def finished(self, ids, seconds=180):
        """Wait until each of these is told of, and nothing runs; returns the records by id."""
        wanted = set(ids)

        def told():
            # What runs is quickly asked, and what is told takes a long list.
            return not self.running() and wanted <= {
                *self.ids("documents/"),
                *self.ids("failures/"),
            }

        self.wait_for(told, seconds)
        return {name: self.record(name) for name in wanted}

    def record(self, document_id):
        """Read a document, or its failure record: it must have exactly one of them, once."""
        ends = [k for k in self.ends() if k.endswith(f"/{document_id}.json")]
        assert len(ends) == 1, ends
        return self.read(ends[0])

    def ends(self):
        """List what the chain says in the end, old versions and deleted ones too."""
        bucket = "ResultsBucketName"
        return [*self.keys(bucket, "documents/"), *self.keys(bucket, "failures/")]

    def ids(self, prefix):
        """List the documents that have a record below a prefix."""
        return [k.rsplit("/", 1)[-1][:32] for k in self.keys("ResultsBucketName", prefix)]

    def read(self, key):
        """Read an object of the results as JSON."""
        return json.loads(self.text(key))

    def text(self, key):
        """Read an object of the results as text."""
        key = key.removeprefix(f"s3://{self.outputs['ResultsBucketName']}/")
        return self.download("ResultsBucketName", key).decode()

    def running(self):
        """List the executions that have not ended."""
        return self.executions(statusFilter="RUNNING")

    def executions(self, **which):
        """List the chain's executions."""
        pages = self.states.get_paginator("list_executions").paginate(
            stateMachineArn=self.outputs["StateMachineArn"], **which
        )
        return [e for page in pages for e in page["executions"]]

    def execution(self, document_id):
        """Find the one execution of a document."""
        (found,) = [e for e in self.executions() if e["name"].startswith(document_id)]
        return found["executionArn"]

    def history(self, arn):
        """Read everything that an execution did."""
        pages = self.states.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]

    def children(self, arn):
        """List the executions that an execution's distributed maps started."""
        runs = self.states.list_map_runs(executionArn=arn)["mapRuns"]
        return [
            e["executionArn"]
            for run in runs
            for page in self.states.get_paginator("list_executions").paginate(
                mapRunArn=run["mapRunArn"]
            )
            for e in page["executions"]
        ]

    def session(self):
        """Stand in for the AWS session of an operator's command."""
        return SimpleNamespace(client=self.sandbox.client, region_name="the sandbox")

    def entered(self, document_id):
        """Count the state transitions that a document was billed for, by state."""
        parent = self.execution(document_id)
        histories = [self.history(arn) for arn in (parent, *self.children(parent))]
        return Counter(
            event["stateEnteredEventDetails"]["name"]
            for history in histories
            for event in history
            if event["type"].endswith("StateEntered")
        )


@pytest.fixture(scope="session")
def office(sandbox, assemblies):
    assembly = assemblies.build(only=[STACK], overrides=SETTINGS)
    return Office(sandbox, sandbox.deploy(STACK, app=str(assembly))[STACK])


@pytest.fixture
def calm(office):
    """Give the office without faults left over from other tests, and leave none."""
    office.sandbox.faults([])
    office.sandbox.forget_problems()
    office.wait_for(lambda: not office.running())
    office.forget_dead_letters()
    yield office
    office.sandbox.faults([])
