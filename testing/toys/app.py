"""Build the app of the toys, as app.py builds that of the architectures; run in its own folder."""

from functools import partial
from pathlib import Path

import app
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
    """Put the toys in the place of the architectures, with settings in a folder ``config``."""
    config.mkdir(exist_ok=True)
    shared = (CONFIG / "default.toml").read_text(encoding="utf-8").partition("\n[retail_")[0]
    (config / "default.toml").write_text(f"{shared}\n[harvest]\n[kitchen]\n", encoding="utf-8")
    registry.ARCHITECTURES.clear()
    registry.ARCHITECTURES.update(TOYS)
    app.load_settings = partial(app.load_settings, config=config)
    function.CODE_ROOT = HERE / "lambda"


if __name__ == "__main__":
    use_toys(Path("config"))
    app.main()
