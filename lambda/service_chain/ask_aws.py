"""The clients that ask AWS, and the bucket that the results are in."""

import os
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from runtime import settings
from service_chain.storage import Storage

# A document's many small objects are read so many at once.
MAX_CONNECTIONS = 32
# botocore spells its own anew for each call, which is a tenth of what a call takes of a processor.
USER_AGENT = "service_chain"


@cache
def client(service: str) -> Any:
    """Create each client once per execution environment, on first use.

    Its own few retries take the common hiccup; what lasts longer is for the caller's queue or
    state machine to try again, which can wait without being paid for it.
    """
    config = Config(
        connect_timeout=3,
        read_timeout=20,
        max_pool_connections=MAX_CONNECTIONS,
        user_agent=USER_AGENT,
        retries={"mode": "standard", "total_max_attempts": 3},
    )
    return boto3.client(service, config=config)


def results() -> Storage:
    """Open the results bucket, which the environment variable RESULTS_BUCKET names."""
    return Storage(client("s3"), settings.string(os.environ, "RESULTS_BUCKET"))
