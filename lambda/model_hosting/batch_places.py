"""Where the parts of a batch lie while it is worked at. Pure."""

from model_hosting.batch_forms import BatchForm
from model_hosting.batch_manifest import WORK


def screened(work: str, number: int, form: BatchForm) -> str:
    """Name what a job is asked."""
    return f"{WORK}/{work}/screened/{number:05d}.{form.ending}"


def answered(work: str, number: int, form: BatchForm) -> str:
    """Name what it answers: SageMaker puts ``.out`` at the end of the file's name."""
    return f"{WORK}/{work}/answered/{number:05d}.{form.ending}.out"


def set_aside(work: str, number: int) -> str:
    """Name what it is not asked."""
    return f"{WORK}/{work}/aside/{number:05d}.jsonl"
