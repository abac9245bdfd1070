"""What the environment of a container says to the handlers."""

import os


def is_batch() -> bool:
    """Tell whether each line is a row and has an answer of its own, as jobs of batches ask for.

    Not by the content type, which SageMaker has to know to filter and to join records.
    """
    return os.environ.get("REFUSED_ROWS") == "inline"
