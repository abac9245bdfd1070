"""Lines of a job's log that SageMaker finds metrics in, by regular expressions. Pure."""

from collections.abc import Mapping

# By the metric's name; the stack tells SageMaker, a test holds the lines against it.
METRICS = {
    f"{data}:{name}": f"{data}-{name}=([-+.0-9eE]+);"
    for data in ("train", "validation")
    for name in ("auc", "logloss")
}


def metric_line(number: int, figures: Mapping[str, float]) -> str:
    """Write the figures of a round; each is spelled ``train-auc=0.75;``."""
    return f"round={number}; " + " ".join(f"{k}={v:.6f};" for k, v in sorted(figures.items()))
