"""What answers a request for a prediction, beside what else could."""

from collections.abc import Mapping

# Named and not imported: what measures itself must not carry the others.
PARTS: Mapping[str, str] = {
    "servers": "benchmarks.model_hosting.servers.measure",
    "batches": "benchmarks.model_hosting.batches",
    "endpoint": "benchmarks.model_hosting.endpoint.measure",
}
