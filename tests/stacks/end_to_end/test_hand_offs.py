"""Two stacks that feed one another, deployed, updated and deleted in whatever order."""

import json

import pytest

from testing.operator import Operator
from testing.toys.assembly import synthesize

DISPOSABLE = {"removal__data_is_disposable": "true", "removal__destroy_deletes_data": "true"}
TOLD = {"detail": {"key": "fruit/plum"}}


class Toys(Operator):
    """Deploys and deletes each toy by itself, and calls its function."""

    def __init__(self, running, assembly, changed):
        super().__init__(running, {})
        self._assembly, self.changed = str(assembly), changed

    def deploy(self, name, assembly=None):
        """Deploy one stack."""
        made = self.sandbox.deploy(name, app=str(assembly or self._assembly))
        self.outputs |= made[name]

    def destroy(self, *names):
        """Delete stacks."""
        self.sandbox.destroy(*names, app=self._assembly)

    def call(self, function, event):
        """Invoke a function and return its answer."""
        reply = self.sandbox.client("lambda").invoke(
            FunctionName=self.outputs[f"{function}FunctionName"], Payload=json.dumps(event)
        )
        answer = json.loads(reply["Payload"].read())
        assert "FunctionError" not in reply, answer
        return answer

    def jam(self):
        """List what is on the shelf."""
        return {key for key in self.keys("ShelfBucketName") if key}


@pytest.fixture(scope="module")
def toys(sandbox, tmp_path_factory):
    folder = tmp_path_factory.mktemp("toys")
    changed = {**DISPOSABLE, "kitchen__log_days": "7"}
    return Toys(
        sandbox,
        synthesize(folder / "first", "Harvest", "Kitchen", **DISPOSABLE),
        synthesize(folder / "changed", "Kitchen", **changed),
    )


def test_a_pair_works_in_either_order_and_neither_needs_the_other_to_stay(toys):
    # The producer first.
    toys.deploy("Harvest")
    toys.deploy("Kitchen")
    toys.call("Pick", {"fruit": "apple"})
    toys.wait_for(lambda: toys.jam() == {"apple"})

    # The producer goes; the consumer works on, and is updated.
    toys.destroy("Harvest")
    assert toys.call("Cook", TOLD) == "no fruit is published"
    toys.deploy("Kitchen", toys.changed)
    assert toys.call("Cook", TOLD) == "no fruit is published"

    # The consumer first, and nothing about it changes when the producer comes.
    toys.deploy("Harvest")
    toys.call("Pick", {"fruit": "pear"})
    toys.wait_for(lambda: toys.jam() == {"apple", "pear"})
    toys.destroy("Kitchen", "Harvest")
    assert not [p for p in toys.sandbox.problems() if "Harvest" in str(p) or "Kitchen" in str(p)]
