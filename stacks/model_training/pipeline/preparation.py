"""The step that holds a training set to its manifest, and writes it in a format. Pure."""

from typing import Any

from stacks.model_training.algorithms.table import LABEL_FIRST
from stacks.model_training.pipeline.plan import INPUT, OUTPUT, PACKAGE, Plan
from stacks.model_training.pipeline.processing import MANIFEST, processing_step
from stacks.model_training.pipeline.references import parameter
from stacks.model_training.pipeline.training import COLUMNS

PREPARE = "Prepare"
PREPARED = ("train", "validation", "test", "signature", "groups")
DENSE = ("train", "validation", "test", "columns")


def preparation_step(plan: Plan) -> dict[str, Any]:
    """Write the step."""
    algorithm = plan.learning.algorithm
    if algorithm.rows == LABEL_FIRST:
        module, files = "prepare", None
        how = ["--manifest-uri", parameter("ManifestUri"), "--library", plan.library]
    else:
        module, files = "prepare_dense", {COLUMNS: ("columns", "columns.json")}
        how = ["--format", plan.learning.format, "--files", str(plan.learning.instances)]
        how += ["--labels"] if algorithm.learns == "labels" else []
        how += ["--scaled"] if algorithm.scaled else []
    return processing_step(
        plan,
        PREPARE,
        plan.jobs["prepare"],
        module=f"{PACKAGE}.{module}",
        arguments=[
            *("--manifest", f"{INPUT}/set/{plan.manifests}", "--rows", f"{INPUT}/set/{plan.rows}"),
            *(*how, "--out", OUTPUT),
        ],
        # One by one and not by a prefix, which would need the right to list the lake's bucket.
        inputs={"set": (MANIFEST, parameter("TrainingFiles"))},
        outputs={name: plan.place(name) for name in (PREPARED if files is None else DENSE)},
        files=files,
    )
