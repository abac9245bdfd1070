"""The architecture as a person has it: deployed by the CDK CLI, IAM on, used by plain clients."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from types import SimpleNamespace

import pytest

STACK = "RetailDemographics"
BOTH_KEYS = {"removal.data_is_disposable": "true", "removal.destroy_deletes_data": "true"}
QUICK = {
    "retail_demographics.batch_window_seconds": "1",
    "retail_demographics.calls_per_instance": "25",
}


class Shop:
    """What an operator does with the deployed stack: send frames, wait, ask."""

    def __init__(self, running, outputs):
        self.sandbox, self.outputs = running, outputs
        self.s3, self.sqs = running.client("s3", max_pool_connections=16), running.client("sqs")
        self.athena = running.client("athena")

    def send(self, frames):
        """Upload (key, bytes) pairs, eight at a time."""

        def put(frame):
            self.s3.put_object(Bucket=self.outputs["FramesBucketName"], Key=frame[0], Body=frame[1])

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(put, frames))

    def depth(self, url):
        """Count the messages of a queue, those in work included."""
        kinds = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        found = self.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=list(kinds))
        return sum(int(found["Attributes"][kind]) for kind in kinds)

    def settle(self, seconds=90):
        """Wait until every frame is either counted, rejected or in the dead-letter queue."""
        self.wait_for(lambda: self.depth(self.outputs["QueueUrl"]) == 0, seconds)

    def redrive(self):
        """Send the dead letters back to where they came from."""
        queue = self.sqs.get_queue_attributes(
            QueueUrl=self.outputs["DeadLetterQueueUrl"], AttributeNames=["QueueArn"]
        )
        self.sqs.start_message_move_task(SourceArn=queue["Attributes"]["QueueArn"])

    def forget_dead_letters(self):
        """Drop what other tests left in the dead-letter queue."""
        url = self.outputs["DeadLetterQueueUrl"]
        while found := self.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10):
            if not found.get("Messages"):
                return
            for message in found["Messages"]:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])

    def dead_letters(self):
        """Count the messages in the dead-letter queue."""
        return self.depth(self.outputs["DeadLetterQueueUrl"])

    def redeliver_after(self, seconds):
        """Have the queue hand out again, after so long, what a killed function had taken."""
        self.sqs.set_queue_attributes(
            QueueUrl=self.outputs["QueueUrl"], Attributes={"VisibilityTimeout": str(seconds)}
        )

    def wait_for(self, condition, seconds=60):
        """Look ten times a second until it is so."""
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                pytest.fail(f"not within {seconds} s; problems: {self.sandbox.problems()}")
            time.sleep(0.1)

    def ask(self, sql):
        """Run a query as an analyst would; rows as dictionaries."""
        query = self.athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.outputs["WorkgroupName"],
            QueryExecutionContext={"Database": self.outputs["DatabaseName"]},
        )["QueryExecutionId"]

        def status():
            found = self.athena.get_query_execution(QueryExecutionId=query)
            return found["QueryExecution"]["Status"]

        self.wait_for(lambda: status()["State"] in ("SUCCEEDED", "FAILED", "CANCELLED"))
        if status()["State"] != "SUCCEEDED":
            raise RuntimeError(status()["StateChangeReason"])
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        rows = list(chain.from_iterable(page["ResultSet"]["Rows"] for page in pages))
        header, *cells = [[cell.get("VarCharValue") for cell in row["Data"]] for row in rows]
        return [dict(zip(header, row, strict=True)) for row in cells]

    def keys(self, bucket, prefix=""):
        """List every object of a bucket by key, versions and delete markers too."""
        pages = self.s3.get_paginator("list_object_versions").paginate(
            Bucket=self.outputs[bucket], Prefix=prefix
        )
        return [
            version["Key"]
            for page in pages
            for version in [*page.get("Versions", ()), *page.get("DeleteMarkers", ())]
        ]

    def log(self):
        """Read what the function wrote."""
        logs = self.sandbox.client("logs")
        group = self.outputs["LogGroupName"]
        pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group)
        return "\n".join(event["message"] for page in pages for event in page["events"])


@pytest.fixture(scope="session")
def shop(sandbox):
    outputs = sandbox.deploy(STACK, context={**BOTH_KEYS, **QUICK})[STACK]
    return Shop(sandbox, outputs)


@pytest.fixture
def calm(shop):
    """Give the shop without faults left over from other tests, and leave none."""
    shop.sandbox.faults([])
    shop.sandbox.forget_problems()
    shop.settle()
    shop.forget_dead_letters()
    yield shop
    shop.sandbox.faults([])


@pytest.fixture
def role(shop):
    """Give the function's role, whose policies are put back as they were."""
    iam, functions = shop.sandbox.client("iam"), shop.sandbox.client("lambda")
    configuration = functions.get_function_configuration(FunctionName=shop.outputs["FunctionName"])
    name = configuration["Role"].rsplit("/", 1)[-1]
    documents = {
        policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
    }

    def write(changed):
        for policy, document in changed.items():
            iam.put_role_policy(
                RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document)
            )

    yield SimpleNamespace(name=name, documents=documents, write=write)
    write(documents)
