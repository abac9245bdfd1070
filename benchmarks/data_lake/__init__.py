"""The lake's function beside what else could do the same, and all of it beside the truth."""

from collections.abc import Mapping

# Named and not imported: what measures itself must not carry the others.
PARTS: Mapping[str, str] = {
    "function": "benchmarks.data_lake.function.measure",
    "truth": "benchmarks.data_lake.truth.measure",
}
