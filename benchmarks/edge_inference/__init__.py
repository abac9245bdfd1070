"""What a device does all day: finding birds in frames, and keeping what it saw."""

from collections.abc import Mapping

# Named and not imported: what measures memory must not carry the others.
PARTS: Mapping[str, str] = {
    "spool": "benchmarks.edge_inference.spool.measure",
    "frames": "benchmarks.edge_inference.frames.measure",
    "kills": "benchmarks.edge_inference.kills.measure",
}
