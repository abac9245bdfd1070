"""The architecture as a person has it: deployed by the CDK CLI, IAM on, used by plain clients."""

import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

STACK = "RetailDemographics"
BOTH_KEYS = {"removal.data_is_disposable": "true", "removal.destroy_deletes_data": "true"}
QUICK = {
    "retail_demographics.batch_window_seconds": "1",
    "retail_demographics.calls_per_instance": "25",
}


def shop_of(operator):
    class Shop(operator):  # type: ignore[misc, valid-type]  # a fixture gives the base
        """Also sends frames, and sees to it that each is done with."""

        def send(self, frames):
            """Upload (key, bytes) pairs, eight at a time."""

            def put(frame):
                self.s3.put_object(
                    Bucket=self.outputs["FramesBucketName"], Key=frame[0], Body=frame[1]
                )

            with ThreadPoolExecutor(8) as pool:
                list(pool.map(put, frames))

        def settle(self, seconds=90):
            """Wait until every frame is either counted, rejected or in the dead-letter queue."""
            self.wait_for(lambda: self.depth(self.outputs["QueueUrl"]) == 0, seconds)

    return Shop


@pytest.fixture(scope="session")
def shop(sandbox, operator):
    outputs = sandbox.deploy(STACK, context={**BOTH_KEYS, **QUICK})[STACK]
    return shop_of(operator)(sandbox, outputs)


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
