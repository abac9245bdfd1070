"""Approve a good model, a bad one and a better one, and ask all the while."""

import json
from collections.abc import Mapping
from time import sleep
from typing import NamedTuple

from demos.demo import Demo
from demos.model_hosting.caller import Caller
from demos.model_hosting.registry import Registry
from demos.model_hosting.report import Approvals, Moment, report
from demos.report.sections import Report
from demos.stage import Stage
from fixtures.served_model import rows_of, served_model
from sandbox.host.client import Sandbox

STACK = "ModelHosting"
ASKED = 20  # requests after each approval
LOOKED_AGAIN_SECONDS = 1.1  # by then the function looks again what serves


class Models(NamedTuple):
    """Archives by file: two good ones, and one that answers otherwise than it says."""

    first: Mapping[str, bytes]
    wrong: Mapping[str, bytes]
    second: Mapping[str, bytes]


def make_models() -> Models:
    """Train them."""
    first = served_model(1)
    known = json.loads(first["known_rows.json"])
    off = {**known, "predictions": [each / 2 for each in known["predictions"]]}
    return Models(first, {**first, "known_rows.json": json.dumps(off).encode()}, served_model(2))


def play(sandbox: Sandbox, stage: Stage, models: Models) -> Report:
    """Approve one after the other; after each, ask, and hold the answers to what is known."""
    outputs = sandbox.outputs(STACK)
    registry = Registry(sandbox, outputs["DeployStateMachineArn"])
    caller = Caller(sandbox, outputs["ApiUrl"])
    rows, moments = rows_of(ASKED, seed=9), list[Moment]()
    for name, files in models._asdict().items():
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
    return report(Approvals(moments, registry.records(outputs["FailuresBucketName"])))


CONTEXT = {"model_hosting.weights_seconds": "1"}
DEMO = Demo(stacks=(STACK,), context=CONTEXT, prepare=make_models, play=play)
