"""What is asked of a built-in algorithm, held to the table; errors say what is allowed. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches

from stacks.model_training.algorithms.hyperparameter import Hyperparameter, Value
from stacks.model_training.algorithms.table import (
    ANY,
    CPU,
    GPU,
    MANIFEST,
    SCRIPT,
    Algorithm,
    algorithms,
    refused,
)

_FAMILY = re.compile(r"ml\.([a-z]+\d+[a-z]*|trn\d\w*|inf\d\w*)\.")
_ACCELERATED = re.compile(r"(p|g)\d|trn|inf")
_GRAVITON = re.compile(r"([a-z]+\d+g[a-z]*|t4g|x2gd|a1)")


def named(name: str) -> str:
    """Return the name of an algorithm; raises ValueError for one that is none, or is refused."""
    if name in refused():
        raise ValueError(f"an algorithm that is kept up; of {name}, {refused()[name]}")
    known = list(algorithms())
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise ValueError(f"one of {', '.join(known)}{hint}")
    return name


def require_hyperparameters(
    algorithm: Algorithm, given: Mapping[str, Value], searched: Sequence[str] = ()
) -> None:
    """Raise ValueError for what the algorithm does not take, or does not do without.

    ``searched`` are those that a tuning chooses.
    """
    known = algorithm.hyperparameters
    for name, value in given.items():
        spec = _known(algorithm, name)
        if spec.counted:
            raise ValueError(f"no {name}, which is counted when the rows are prepared")
        if not spec.takes(value):
            raise ValueError(f"for {name} {spec.spoken}")
    lacking = [n for n, h in known.items() if h.required and n not in (*given, *searched)]
    if lacking:
        told = "; ".join(f"{name}, {known[name].spoken}" for name in lacking)
        raise ValueError(f"a table that says what {algorithm.name} does not do without: {told}")


def spelled(algorithm: Algorithm, given: Mapping[str, Value]) -> dict[str, str]:
    """Spell what is given, and what we give where a setting says nothing, as AWS reads it."""
    known = algorithm.hyperparameters
    ours = {name: spec.ours for name, spec in known.items() if spec.ours is not None}
    return {name: known[name].spelled(value) for name, value in {**ours, **given}.items()}


def require_input(algorithm: Algorithm, form: str, mode: str) -> None:
    """Raise ValueError for a format or an input mode that the algorithm does not have."""
    if form and form not in algorithm.formats:
        raise ValueError(
            f'"" for the first of what {algorithm.name} reads, or one of '
            f"{', '.join(algorithm.formats)}"
        )
    if mode not in algorithm.modes:
        raise ValueError(f"one of {', '.join(algorithm.modes)}, which {algorithm.name} has")
    if form == MANIFEST and mode != "Pipe":
        raise ValueError("Pipe, as an augmented manifest is read by no other mode")


def format_of(algorithm: Algorithm, form: str) -> str:
    """Name the format: the first of the algorithm's, where a setting says nothing."""
    return form or next(iter(algorithm.formats))


def require_instance(algorithm: Algorithm, kind: str) -> None:
    """Raise ValueError for an instance that the algorithm's image does not train on."""
    found = _FAMILY.match(kind)
    family = found[1] if found else ""
    if _GRAVITON.fullmatch(family) and not _ACCELERATED.match(family):
        raise ValueError(f"an instance of x86: AWS has the image of {algorithm.name} for no other")
    is_accelerated = bool(_ACCELERATED.match(family))
    known = ", ".join(f"ml.{each}" for each in algorithm.accelerators)
    if algorithm.processors == CPU and is_accelerated:
        raise ValueError(
            f"an instance without accelerators, which {algorithm.name} does not use: what it costs "
            "more would stand idle"
        )
    if algorithm.processors == GPU and not is_accelerated:
        raise ValueError(f"an instance with a GPU, of {known}: {algorithm.name} trains on no other")
    if is_accelerated and family not in algorithm.accelerators:
        others = ", or one without accelerators" if algorithm.processors == ANY else ""
        raise ValueError(f"an accelerated instance of {known}{others}")


def require_serving(algorithm: Algorithm, kind: str) -> None:
    """Raise ValueError for an instance that does not serve what the algorithm has learned.

    What our own handlers serve has no use for accelerators; AWS's page of seq2seq asks for a GPU.
    """
    if algorithm.is_ours:
        algorithm = algorithms()[SCRIPT]
    elif algorithm.processors == GPU and algorithm.instances != "one":
        algorithm = replace(algorithm, processors=ANY)
    require_instance(algorithm, kind)


def require_instances(
    algorithm: Algorithm, number: int, mode: str, given: Mapping[str, Value]
) -> None:
    """Raise ValueError for several instances where the algorithm trains on one."""
    if number == 1:
        return
    if algorithm.instances == "one":
        raise ValueError(f"1, as {algorithm.name} trains on one instance")
    for name, value in algorithm.many_only.items():
        if given.get(name) != value:
            raise ValueError(f"1, as {algorithm.name} trains on several only if {name} is {value}")
    if algorithm.many_modes and mode not in algorithm.many_modes:
        raise ValueError(
            f"1, as {algorithm.name} trains on several by {', '.join(algorithm.many_modes)} only"
        )


def _known(algorithm: Algorithm, name: str) -> Hyperparameter:
    known = algorithm.hyperparameters
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        allowed = ", ".join(known)
        raise ValueError(
            f"hyperparameters of {algorithm.name}, of which {name} is none{hint}: {allowed}"
        )
    return known[name]
