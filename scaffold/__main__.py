"""Write the skeleton of an architecture: ``python -m scaffold my_architecture``."""

import sys
from pathlib import Path

from scaffold.skeleton import ScaffoldError, write

ROOT = Path(__file__).parents[1]


def main(arguments: list[str]) -> int:
    """Write, and list what was written; the exit status is 2 for a name that cannot be used."""
    if len(arguments) != 1:
        print("usage: make new NAME=my_architecture", file=sys.stderr)
        return 2
    try:
        written = write(ROOT, arguments[0])
    except ScaffoldError as error:
        print(f"make new: {error}", file=sys.stderr)
        return 2
    for path in written:
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
