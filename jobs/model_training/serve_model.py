"""Serve the model of an archive on the port that SageMaker asks for, until it is told to stop."""

import argparse
import logging
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

import uvicorn

from model_training.asgi_app import ModelApp
from model_training.inference import model_fn

MODEL = "/opt/ml/model"
PORT = "8080"
# SageMaker kills a container 30 seconds after it asked it to stop.
STOP_SECONDS = 25
CONNECTIONS = 512
# Longer than a load balancer, and SageMaker's own client, keep theirs: they end it, and not we.
IDLE_SECONDS = 75

_log = logging.getLogger(__name__)


def main(words: Sequence[str], environment: Mapping[str, str]) -> None:
    """Run one process with one model until it is told to stop.

    The model is in ``SM_MODEL_DIR``, the port ``SAGEMAKER_BIND_TO_PORT``. It ends with status 3
    if the model is refused.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("serve", nargs="?", help="SageMaker's own word, which changes nothing")
    parser.add_argument("--host", default="0.0.0.0", help="where it listens")  # noqa: S104 (SageMaker asks from outside of the container)
    options = parser.parse_args(words)
    logging.basicConfig(format="%(levelname)s %(message)s", level=logging.INFO)
    folder = environment.get("SM_MODEL_DIR", MODEL)
    uvicorn.run(
        ModelApp(lambda: model_fn(folder), failed=log_failure),
        host=options.host,
        port=int(environment.get("SAGEMAKER_BIND_TO_PORT", PORT)),
        lifespan="on",
        ws="none",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        log_level="warning",
    )


def log_failure(error: Exception) -> None:
    """Log where it happened, and nothing of the text: it may hold what was sent."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    _log.error("%s in %s:%s", type(error).__name__, Path(where.filename).name, where.lineno)


if __name__ == "__main__":
    main(sys.argv[1:], os.environ)
