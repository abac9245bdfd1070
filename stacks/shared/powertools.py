"""The layer with Powertools, made of the very package that requirements.txt pins."""

import hashlib
import shutil
import tempfile
from importlib.metadata import PackagePath, distribution
from pathlib import Path

from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from stacks.shared.runtime import ARCHITECTURE, RUNTIME

# Pure Python, all three: the same files serve every architecture and Python version.
DISTRIBUTIONS = ("aws-lambda-powertools", "jmespath", "typing-extensions")
NAMESPACE = "MlReferenceArchitectures"  # of the metrics of all stacks; each is a ``service``
BUILD = Path(__file__).parents[2] / ".build"


class PowertoolsLayer(lambda_.LayerVersion):
    """Powertools for Lambda, in any partition and Region.

    AWS's public layer is in other accounts, whose ids differ by partition and Region, and a
    new version of it changes nothing here until somebody copies its number.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(
            scope,
            construct_id,
            code=lambda_.Code.from_asset(str(staged_packages())),
            compatible_architectures=[ARCHITECTURE],
            compatible_runtimes=[RUNTIME],
            description=" ".join(f"{name} {distribution(name).version}" for name in DISTRIBUTIONS),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.environment = {
            "POWERTOOLS_SERVICE_NAME": Stack.of(self).stack_name,
            "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
        }


def staged_packages(build: Path = BUILD) -> Path:
    """Copy the packages into a folder named by their content, once, and return it."""
    files = sorted(
        (str(file), Path(str(file.locate()))) for name in DISTRIBUTIONS for file in _shipped(name)
    )
    digest = hashlib.sha256()
    for name, path in files:
        digest.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    target = build / f"powertools-{digest.hexdigest()[:16]}"
    if target.is_dir():
        return target
    build.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=build) as scratch:
        for name, path in files:
            copy = Path(scratch, "layer", "python", name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        try:
            Path(scratch, "layer").replace(target)
        except OSError:
            if not target.is_dir():  # else another synth was quicker, with the same files
                raise
    return target


def _shipped(name: str) -> list[PackagePath]:
    """List a package's modules: no bytecode, no metadata, no command line."""
    files = distribution(name).files or []
    return [f for f in files if f.suffix in {".py", ".typed", ".json"} and ".." not in f.parts]
