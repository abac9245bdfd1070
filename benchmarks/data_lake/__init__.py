"""The lake's function, job and tables beside what else could do the same, and the truth."""

from collections.abc import Mapping

# Named and not imported: what measures itself must not carry the others.
PARTS: Mapping[str, str] = {
    "function": "benchmarks.data_lake.function.measure",
    "large": "benchmarks.data_lake.large.measure",
    "engines": "benchmarks.data_lake.engines.measure",
    "queries": "benchmarks.data_lake.deployed.queries",
    "job": "benchmarks.data_lake.deployed.job",
    "truth": "benchmarks.data_lake.truth.measure",
}
