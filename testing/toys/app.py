"""Build apps of toys, as app.py builds that of the architectures: ``OUT=Name,Name …``."""

import shutil
import sys
from pathlib import Path

import app  # first of ours: it chooses the Node that aws_cdk starts
from guardrails import gate
from stacks import registry
from stacks.registry import Architecture
from stacks.settings import CONFIG
from stacks.shared import function

HERE = Path(__file__).parent
TOYS = {
    "Harvest": Architecture("testing.toys.harvest"),
    "Kitchen": Architecture(
        "testing.toys.kitchen", inputs={"fruit": "Harvest", "picked": "Harvest"}
    ),
    "Trainer": Architecture(
        "testing.toys.trainer", inputs={"features_ready": "DataLake", "manifests": "DataLake"}
    ),
}


def use_toys(config: Path) -> None:
    """Put the toys beside the architectures, and write the settings of all to a folder."""
    shutil.copytree(CONFIG, config)
    with (config / "default.toml").open("a", encoding="utf-8") as settings:
        settings.writelines(f"\n[{registry.snake_case(name)}]\n" for name in TOYS)
    registry.ARCHITECTURES.update(TOYS)
    function.CODE_ROOT = HERE / "lambda"


if __name__ == "__main__":
    use_toys(Path("config"))
    for asked in sys.argv[1:]:
        outdir, _, names = asked.partition("=")
        gate(app.build_app(outdir=outdir, only=names.split(","), config=Path("config")))
