"""Train on made-up training sets as the lake would offer them, and hold the models to the truth."""

from collections.abc import Mapping
from time import sleep

from demos.demo import Demo
from demos.model_training.executions import Executions
from demos.model_training.lake import Lake
from demos.model_training.report import Sets, Story, report
from demos.report.sections import Report
from demos.stage import Stage
from fixtures.training_set import make_training_set
from sandbox.host.client import Sandbox

STACK = "ModelTraining"
CONTEXT: Mapping[str, str] = {
    "model_training.hyperparameters.num_round": "80",
    "model_training.hyperparameters.max_depth": "3",
    "model_training.training_minutes": "10",
    "model_training.spot_minutes": "5",
}
SETTLED_SECONDS = 3.0  # in which a second execution would have begun


def make_sets() -> Sets:
    """Draw the training sets."""
    return Sets(
        make_training_set(1_200, seed=1),
        make_training_set(9_000, seed=5),
        make_training_set(300, seed=8),
    )


def play(sandbox: Sandbox, stage: Stage, sets: Sets) -> Report:
    """Train, approve, train on more, on too little, and on what is not what it says."""
    executions = Executions(sandbox, sandbox.outputs(STACK))
    lake = Lake(sandbox)
    with stage.phase("a training set: prepare, train, evaluate, explain, register") as tell:
        manifest = lake.publish(sets.first)
        lake.tell(sets.first, manifest)
        first = executions.wait(1, tell)
    with stage.phase("the same news again, and approval"):
        for _ in range(3):
            lake.tell(sets.first, manifest)
        for package in executions.packages():
            executions.approve(package["ModelPackageArn"])
        sleep(SETTLED_SECONDS)
        started = len(executions.arns())
    with stage.phase("more visits: a model that is compared with the approved one") as tell:
        lake.tell(sets.more, lake.publish(sets.more))
        more = executions.wait(started + 1, tell)
    with stage.phase("too few visits: a model that is not good enough") as tell:
        lake.tell(sets.thin, lake.publish(sets.thin))
        thin = executions.wait(started + 2, tell)
    with stage.phase("files that are not what their manifest says") as tell:
        wrong = make_training_set(500, seed=4)
        manifest = lake.publish(wrong)
        lake.damage(wrong)
        lake.tell(wrong, manifest)
        damaged = executions.wait(started + 3, tell)
        records = executions.wait_for_failures(1)
    return report(
        Story(
            sets=sets,
            first=first,
            started=started,
            more=more,
            thin=thin,
            damaged=damaged,
            records=records,
            packages=executions.packages(),
        )
    )


DEMO = Demo(stacks=(STACK,), context=CONTEXT, prepare=make_sets, play=play)
