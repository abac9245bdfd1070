"""The architecture as a person has it: deployed by the CDK CLI, IAM on, used by plain clients."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from testing.operator import Operator
from testing.rights import Rights

STACK = "RetailDemographics"
SETTINGS = {
    "removal.data_is_disposable": True,
    "removal.destroy_deletes_data": True,
    "retail_demographics.batch_window_seconds": 1,
    "retail_demographics.calls_per_instance": 25,
    "retail_demographics.batch_size": 50,
}


class Shop(Operator):
    """Also sends frames, and sees to it that each is done with."""

    def send(self, frames):
        """Upload (key, bytes) pairs, eight at a time."""

        def put(frame):
            self.upload("FramesBucketName", *frame)

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(put, frames))

    def settle(self, seconds=90):
        """Wait until every frame is either counted, rejected or in the dead-letter queue."""
        self.wait_for(lambda: self.depth(self.outputs["QueueUrl"]) == 0, seconds)


@pytest.fixture(scope="session")
def shop(sandbox, assemblies):
    assembly = assemblies.build(only=[STACK], overrides=SETTINGS)
    return Shop(sandbox, sandbox.deploy(STACK, app=str(assembly))[STACK])


@pytest.fixture
def calm(shop):
    """Give the shop without faults left over from other tests, and leave none."""
    shop.sandbox.faults([])
    shop.sandbox.forget_problems()
    shop.settle()
    shop.forget_dead_letters()
    yield shop
    shop.sandbox.faults([])


@pytest.fixture(scope="session")
def rights(shop):
    return Rights(shop.sandbox, STACK)
