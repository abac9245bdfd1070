"""Where the states of a state machine lead."""

from collections.abc import Mapping
from typing import Any


def reached(states: Mapping[str, Any], start: str) -> set[str]:
    """Name every state to which one leads, itself too, by whatever choice or failure."""
    seen, waiting = set[str](), [start]
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            state = states[name]
            waiting.extend(state[key] for key in ("Next", "Default") if key in state)
            rules = (*state.get("Catch", ()), *state.get("Choices", ()))
            waiting.extend(rule["Next"] for rule in rules)
    return seen
