"""The table of the algorithms that AWS has built in, as the page of ModelTraining has it."""

from stacks.model_training.algorithms.table import (
    ANY,
    CPU,
    LABEL_FIRST,
    OWN,
    SCRIPT,
    Algorithm,
    algorithms,
    refused,
)

_AFTER = {
    LABEL_FIRST: "judged, compared, explained, registered",
    OWN: "registered",
}


def tables() -> dict[str, str]:
    """Write the tables of the page, by the name of their place."""
    head = (
        "| `algorithm` | Reads | Input modes | Instances | Spot | Tells of itself | Then "
        "| In the sandbox |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n"
    )
    rows = "\n".join(_row(found) for found in algorithms().values())
    instead = "\n".join(f"* `{name}`: {why}." for name, why in refused().items())
    return {"algorithms": head + rows, "algorithms-refused": instead}


def _row(found: Algorithm) -> str:
    name = f"`{found.name}`"
    if found.name != SCRIPT:
        name = f"[{name}]({found.source})"
    needed = [each for each in found.channels if not each.startswith("?")]
    reads = f"{', '.join(found.formats)}; {'files below `data/`' if found.rows == OWN else 'rows'}"
    cells = [
        name,
        f"{reads}: {', '.join(needed)}",
        ", ".join(found.modes),
        _instances(found),
        "goes on from a checkpoint" if found.checkpoints else "an hour at most",
        ", ".join(f"{each}" for each in list(found.measures)[:3]) or "nothing",
        _AFTER.get(found.rows, "registered") + _bound(found),
        "runs" if found.is_ours else "refused by name",
    ]
    return f"| {' | '.join(cells)} |"


def _instances(found: Algorithm) -> str:
    number = "one" if found.instances == "one" else "one or more"
    accelerators = ", ".join(found.accelerators)
    if found.processors == CPU:
        return f"{number}, without accelerators"
    return f"{number}, {'or ' if found.processors == ANY else 'only '}{accelerators}"


def _bound(found: Algorithm) -> str:
    if found.is_ours or not found.measures:
        return ""
    return ", by `least_auc` and `measures`" if found.auc else ", by `measures`"
