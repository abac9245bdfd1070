"""Whether a model may be registered: good enough, and better than the one that serves. Pure."""

from collections.abc import Mapping
from typing import Any

# Of a model that there is no figure of, or no champion to compare it with.
NO_AUC, NO_CHAMPION = 0.0, 1.0


def gate(candidate: Mapping[str, Any], champion: Mapping[str, Any] | None) -> dict[str, float]:
    """Give the two figures that the pipeline's condition compares: always numbers, never None.

    ``auc`` is the candidate's, ``gain`` how much higher it is than the champion's, both of the same
    rows. A candidate that cannot be judged has the lowest of both; a champion that cannot be has
    no say.
    """
    auc = candidate["auc"]
    if auc is None:
        return {"auc": NO_AUC, "gain": -1.0}
    if champion is None or champion["auc"] is None:
        return {"auc": auc, "gain": NO_CHAMPION}
    return {"auc": auc, "gain": auc - champion["auc"]}
