"""What the tests share: each architecture is synthesized once per run, one sandbox serves all."""

import copy
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from sandbox.host import client
from testing.emf import blobs_in, values_of
from testing.inventory import inventory as take_inventory
from testing.templates import Template, without_hashes

if TYPE_CHECKING:  # it imports the CDK, which starts Node
    from testing.assemblies import Assemblies

ROOT = Path(__file__).parents[1]
NOTIFICATION = Path(__file__).parent / "runtime" / "events" / "object_created.json"

# The machine that runs the tests may be busy with others; how long an example takes is no finding.
hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "golden: compares with a file that `make snapshots` writes")
    config.addinivalue_line("markers", "about(type): holds for templates with such a resource")


@pytest.fixture(scope="session")
def make_record() -> Callable[..., dict[str, Any]]:
    """Make a record of a notification of S3's; what is said goes to its object."""
    recorded = json.loads(NOTIFICATION.read_text(encoding="utf-8"))["Records"][0]

    def make(**changes: Any) -> dict[str, Any]:
        made: dict[str, Any] = copy.deepcopy(recorded)
        made["s3"]["object"] |= changes
        return made

    return make


@pytest.fixture(scope="session")
def assemblies() -> "Assemblies":
    """Keep what was synthesized for all workers, and for the next run of the same sources."""
    from testing.assemblies import Assemblies

    return Assemblies(ROOT / ".build" / "assemblies")


@pytest.fixture(scope="session")
def synthesize(assemblies: "Assemblies") -> Callable[..., Path]:
    """Build the real app, let the gate judge it, and return the folder it was written to."""
    return assemblies.build


@pytest.fixture(scope="session")
def assembly(assemblies: "Assemblies") -> Callable[[str], Path]:
    """Synthesize one architecture as it is by default."""
    return lambda name: assemblies.build(only=[name])


@pytest.fixture(scope="session")
def template(assemblies: "Assemblies") -> Callable[[str], Template]:
    """Read one architecture's template, with asset hashes blanked so that only design shows."""
    return lambda name: json.loads(without_hashes(assemblies.template(name)))


@pytest.fixture(scope="session")
def variant(assemblies: "Assemblies") -> Callable[..., Template]:
    """Read an architecture's template with other settings: ``stage``, ``overrides``."""
    return lambda name, **arguments: json.loads(assemblies.template(name, **arguments))


@pytest.fixture
def snapshot_json(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Keep each snapshot as one readable JSON file, so that its diff reads like a review."""
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.fixture
def metrics(capsys: pytest.CaptureFixture[str]) -> Callable[..., dict[str, list[float]]]:
    """Read the metrics published so far with exactly these dimensions, and forget them."""
    printed: list[dict[str, Any]] = []

    def read(**dimensions: str) -> dict[str, list[float]]:
        printed.extend(blobs_in(capsys.readouterr().out))
        return values_of(printed, dimensions)

    return read


@pytest.fixture(scope="session")
def sandbox() -> Iterator[client.Sandbox]:
    """Start the embedded AWS once, with IAM enforced; it ends with the tests."""
    with client.start() as running:
        yield running


@pytest.fixture(scope="session")
def inventory(sandbox: client.Sandbox) -> Callable[[], set[str]]:
    """Name all that a stack of ours can leave behind, as often as it is called."""
    return lambda: take_inventory(sandbox)
