"""Approve a good model, a bad one and a better one, compare two, and ask all the while."""

import json
from collections.abc import Mapping
from time import sleep
from typing import Any, NamedTuple

from demos.demo import Demo
from demos.model_hosting.caller import Caller
from demos.model_hosting.experiment import ASKED as ASKED_OF_BOTH
from demos.model_hosting.experiment import PERCENTS, Experiment
from demos.model_hosting.registry import Registry
from demos.model_hosting.report import Approvals, Moment, Winner, report
from demos.report.sections import Report
from demos.stage import Stage
from fixtures.served_model import rows_of, served_model
from operations.experiments import end
from sandbox.host.client import Sandbox

STACK = "ModelHosting"
ASKED = 20  # requests after each approval
LATER = 8  # the seed of visits as they are by then
LOOKED_AGAIN_SECONDS = 1.1  # by then the function looks again what serves


class Models(NamedTuple):
    """Archives by file: two good ones, one that answers otherwise than it says, and a challenger.

    The challenger has learnt from other visits than the second, and so have the callers.
    """

    first: Mapping[str, bytes]
    wrong: Mapping[str, bytes]
    second: Mapping[str, bytes]
    challenger: Mapping[str, bytes]


def make_models() -> Models:
    """Train them."""
    first = served_model(1)
    known = json.loads(first["known_rows.json"])
    off = {**known, "predictions": [each / 2 for each in known["predictions"]]}
    wrong = {**first, "known_rows.json": json.dumps(off).encode()}
    return Models(first, wrong, served_model(2), served_model(LATER))


def play(sandbox: Sandbox, stage: Stage, models: Models) -> Report:
    """Approve one after the other; after each, ask, and hold the answers to what is known."""
    outputs = sandbox.outputs(STACK)
    registry = Registry(sandbox, outputs["DeployStateMachineArn"])
    caller = Caller(sandbox, outputs["ApiUrl"])
    rows, moments = rows_of(ASKED, seed=9), list[Moment]()
    for name, files in list(models._asdict().items())[:3]:
        with stage.phase(f"approve the {name} model") as tell:
            ended = registry.deployed(registry.register(name, files))
            tell(ended)
        with stage.phase(f"ask {ASKED} times"):
            sleep(LOOKED_AGAIN_SECONDS)
            answers = [caller.ask([row], key=f"shopper-{n}") for n, row in enumerate(rows)]
            known = json.loads(models.first["known_rows.json"])
            if name == "second":
                known = json.loads(files["known_rows.json"])
            status, told = caller.ask(known["rows"], key="known")
            right = status == 200 and all(
                abs(one - other) <= known["tolerance"]
                for one, other in zip(told["predictions"], known["predictions"], strict=True)
            )
            moments.append(Moment(name, ended, tuple(answers), told.get("model_version"), right))
    with stage.phase("approve a challenger, with 40 % of the traffic") as tell:
        property_ = {"challenger_percent": str(PERCENTS[0])}
        tell(registry.deployed(registry.register("challenger", models.challenger, property_)))
    with stage.phase(f"ask {ASKED_OF_BOTH} times at each of its shares"):
        compared = Experiment(sandbox, outputs, caller).follow(LATER)
    with stage.phase("let the challenger win"):
        ended = registry.ended(lambda: end(_Session(sandbox), STACK, "Challenger", dry_run=False))
        sleep(LOOKED_AGAIN_SECONDS)
        version = caller.ask(rows[:1])[1].get("model_version")
    records = registry.records(outputs["FailuresBucketName"])
    return report(Approvals(moments, records, compared, Winner(ended, version)))


class _Session(NamedTuple):
    """What an operator's commands ask AWS by."""

    sandbox: Sandbox
    region_name: str = "us-east-1"

    def client(self, service: str) -> Any:
        return self.sandbox.client(service)


CONTEXT = {
    "model_hosting.weights_seconds": "1",
    "model_hosting.capture_percent": "100",
    "model_hosting.experiment_percents": str(PERCENTS[1:]),
    "model_hosting.experiment_seconds": "600",
}
DEMO = Demo(stacks=(STACK,), context=CONTEXT, prepare=make_models, play=play)
