"""Build apps of toys, as app.py builds that of the architectures: ``OUT=Name,Name …``."""

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
}


def use_toys(config: Path) -> None:
    """Put the toys in the place of the architectures, and write their settings to a folder."""
    config.mkdir(exist_ok=True)
    shared = (CONFIG / "default.toml").read_text(encoding="utf-8").partition("\n[retail_")[0]
    (config / "default.toml").write_text(f"{shared}\n[harvest]\n[kitchen]\n", encoding="utf-8")
    registry.ARCHITECTURES.clear()
    registry.ARCHITECTURES.update(TOYS)
    function.CODE_ROOT = HERE / "lambda"


if __name__ == "__main__":
    use_toys(Path("config"))
    for asked in sys.argv[1:]:
        outdir, _, names = asked.partition("=")
        only = names.split(",") if names else None
        gate(app.build_app(outdir=outdir, only=only, config=Path("config")))
