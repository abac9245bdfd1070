"""What a new account grants at once, and which architectures fit into it together."""

from collections.abc import Mapping
from typing import Any

from costs.defaults import defaults
from costs.markdown import table

FUNCTIONS = 10
# A hard quota: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
MAP_RUNS = 1000
FOR_ALL_DOCUMENTS = 3  # of the chain's: two functions start documents, one measures


def tables() -> Mapping[str, str]:
    """Return the page's tables by name, for the default settings."""
    settings = defaults()
    taken = {
        name.title().replace("_", ""): section["concurrent_functions"]
        for name, section in settings.items()
        if name != "quotas" and "concurrent_functions" in section
    }
    return {"together": _together(taken), "at-once": _at_once(settings["service_chain"], taken)}


def _together(taken: Mapping[str, int]) -> str:
    rows = [
        [f"`{name}`", str(number), str(FUNCTIONS - number), _beside(name, taken)]
        for name, number in taken.items()
    ]
    total = sum(taken.values())
    left = FUNCTIONS - total
    what = "" if left >= 0 else f"after the quota is raised by {-left}"
    rows.append(["all of them", str(total), str(left), what])
    return table(
        ["Deployed", "Functions at once", f"Left of {FUNCTIONS}", "Each of these fits beside it"],
        rows,
    )


def _beside(name: str, taken: Mapping[str, int]) -> str:
    others = [o for o in taken if o != name and taken[o] + taken[name] <= FUNCTIONS]
    return ", ".join(f"`{other}`" for other in others) or "none"


def _at_once(chain: Mapping[str, Any], taken: Mapping[str, int]) -> str:
    languages = 1 + len(chain["translate_to"])
    maps = min(chain["concurrent_functions"] - FOR_ALL_DOCUMENTS, languages)
    return table(
        ["What", "Granted", "Taken", "What happens beyond"],
        [
            [
                "functions at once", str(FUNCTIONS), f"{sum(taken.values())} by all together",
                f"a document waits for one, up to {chain['execution_hours']} hours; a batch of a "
                "queue until its messages are visible again; an event six hours",
            ],
            [
                "open Map Runs", f"{MAP_RUNS:,}", f"{maps} by a document of `ServiceChain`",
                f"with {MAP_RUNS // maps:,} documents at it, others wait until theirs may open",
            ],
        ],
    )  # fmt: skip
