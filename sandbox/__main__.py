"""``python -m sandbox``."""

import sys

from sandbox.host.cli import main

sys.exit(main())
