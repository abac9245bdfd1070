"""The roles that SageMaker works as: it assumes them, and everything is done with their rights."""

import os
import threading
from typing import Any

from botocore.config import Config

from sandbox.core import service_models
from sandbox.core.upstream import responses
from sandbox.iam import sessions
from sandbox.services.sagemaker.operations import invalid

PRINCIPAL = "sagemaker.amazonaws.com"
_SESSION = "SageMaker"
_making = threading.Lock()
# A pipeline's step says by itself what is tried again.
_ATTEMPTS = {"s3": 5, "sagemaker": 2, "sns": 5}


class Role:
    """A role that trusts SageMaker, as which jobs, pipelines and endpoints call AWS."""

    def __init__(self, arn: str, source: str = "") -> None:
        """Assume a role to work for ``source``; raises ServiceError when SageMaker cannot."""
        try:
            self.key = sessions.assume(arn, service=PRINCIPAL, session=_SESSION, source=source)
        except sessions.NotAssumableError as error:
            raise invalid(
                f"Could not assume role {arn}. Please ensure that the role exists and allows "
                f"principal '{PRINCIPAL}' to assume the role."
            ) from error
        self.arn, self._region = arn, responses.get_region()
        self._clients: dict[str, Any] = {}

    @property
    def credentials(self) -> dict[str, str]:
        """The keys of the session, as programs find them in their environment."""
        return sessions.credentials(self.arn, service=PRINCIPAL, session=_SESSION)

    def client(self, service: str) -> Any:
        """Make a client of this sandbox that signs with the role's keys.

        It goes in by the door, so policies, keys, faults and counts are as for any caller. Not
        for the event loop, which has to answer it.
        """
        with _making:
            if service not in self._clients:
                keys = self.credentials
                retries = {"mode": "standard", "total_max_attempts": _ATTEMPTS[service]}
                self._clients[service] = service_models.session().create_client(
                    service,
                    aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
                    aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
                    aws_session_token=keys["AWS_SESSION_TOKEN"],
                    region_name=self._region,
                    endpoint_url=f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}",
                    config=Config(retries=retries, parameter_validation=False),
                )
            return self._clients[service]
