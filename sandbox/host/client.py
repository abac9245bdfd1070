"""The sandbox for Python programs: tests and demos start one, use it, and it ends with them."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sandbox.host import process
from sandbox.host.deploy import Say, Toolkit
from sandbox.host.environment import REGION, client_environment, refuse_real_credentials
from sandbox.host.process import HOME, ROOT, SandboxError, Server

Context = Mapping[str, str]

_MAKING_CLIENTS = threading.Lock()  # boto3's clients may be shared by threads, its sessions not


@cache
def _session() -> Any:
    """Read the models of AWS's services once per process: most of what a client costs."""
    import boto3

    return boto3.session.Session(region_name=REGION)


def start(port: int | None = None, iam: bool = True) -> "Sandbox":
    """Start a sandbox on a free port (or on this one) that ends when this process does."""
    state = process.new_run()
    if port is not None and not process.is_free(port):
        raise SandboxError(f"port {port} is in use; leave it out to have a free one chosen")
    try:
        server, child = process.start(
            state, port=port or process.free_port(), iam=iam, lives_with_parent=True
        )
    except BaseException as error:
        if not isinstance(error, SandboxError):
            shutil.rmtree(state, ignore_errors=True)
        raise
    return Sandbox(server, child)


def attach() -> "Sandbox":
    """Use the sandbox that ``python -m sandbox up`` started."""
    server = process.running(HOME)
    if server is None:
        raise SandboxError("no sandbox is up; start one with: python -m sandbox up")
    return Sandbox(server)


class Sandbox:
    """A running sandbox. As a context manager it is stopped at the end."""

    def __init__(self, server: Server, child: subprocess.Popen[bytes] | None = None) -> None:
        self._server, self._child = server, child

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def server(self) -> Server:
        """The process behind it: id, port, folder."""
        return self._server

    @property
    def endpoint(self) -> str:
        """The address of every AWS service."""
        return f"http://127.0.0.1:{self._server.port}"

    def environment(self) -> dict[str, str]:
        """Return the variables that make any AWS client of another process use this sandbox."""
        return client_environment(self._server.port)

    def client(
        self, service: str, *, credentials: Mapping[str, str] | None = None, **config: Any
    ) -> Any:
        """Make a boto3 client as the account's root, or with these keys.

        ``credentials`` are boto3's ``aws_…`` arguments; ``config`` are those of botocore's Config.
        """
        from botocore.config import Config

        keys = credentials or {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        with _MAKING_CLIENTS:
            return _session().client(
                service,
                endpoint_url=self.endpoint,
                # No proxy of the outer environment may see, or lose, a request to the sandbox.
                config=Config(proxies={}, **config),
                **keys,
            )

    def bootstrap(self, say: Say = print) -> None:
        """Make the sandbox ready for the CDK, unless it is; ``deploy`` does so by itself."""
        self._toolkit(say).bootstrap()

    def deploy(
        self,
        *names: str,
        context: Context | None = None,
        app: str | None = None,
        cwd: Path = ROOT,
        say: Say = print,
    ) -> dict[str, dict[str, str]]:
        """Run ``cdk deploy``; returns the outputs of each stack by name."""
        return self._toolkit(say).deploy(names, context or {}, app, cwd)

    def destroy(
        self,
        *names: str,
        context: Context | None = None,
        app: str | None = None,
        cwd: Path = ROOT,
        say: Say = print,
    ) -> None:
        """Run ``cdk destroy``."""
        self._toolkit(say).destroy(names, context or {}, app, cwd)

    def outputs(self, stack: str) -> dict[str, str]:
        """Read what a deployed stack says of itself."""
        described = self.client("cloudformation").describe_stacks(StackName=stack)
        outputs = described["Stacks"][0].get("Outputs", [])
        return {output["OutputKey"]: output["OutputValue"] for output in outputs}

    def faults(self, rules: Sequence[Mapping[str, Any]] | None = None) -> list[dict[str, Any]]:
        """Put fault rules in force (an empty list clears them); returns them with their hits."""
        if rules is None:
            reply = process.request(self._server.port, "GET", "/_sandbox/faults")
        else:
            body = json.dumps(rules).encode()
            reply = process.request(self._server.port, "PUT", "/_sandbox/faults", body)
        shown: list[dict[str, Any]] = json.loads(reply)
        return shown

    def calls(self) -> dict[str, int]:
        """Count the API calls so far, by IAM action, such as ``rekognition:DetectFaces``."""
        reply = process.request(self._server.port, "GET", "/_sandbox/calls")
        counted: dict[str, int] = json.loads(reply)
        return counted

    def peaks(self) -> dict[str, int]:
        """Tell the most calls of each action that fell within any one second."""
        reply = process.request(self._server.port, "GET", "/_sandbox/peaks")
        counted: dict[str, int] = json.loads(reply)
        return counted

    def forget_calls(self) -> None:
        """Count API calls from zero again."""
        process.request(self._server.port, "DELETE", "/_sandbox/calls")

    def problems(self) -> list[dict[str, Any]]:
        """List what AWS would have dropped without a word: logs, deliveries, polls, alarms."""
        reply = process.request(self._server.port, "GET", "/_sandbox/problems")
        found: list[dict[str, Any]] = json.loads(reply)
        return found

    def forget_problems(self) -> None:
        """List problems from now on only."""
        process.request(self._server.port, "DELETE", "/_sandbox/problems")

    def fire_schedules(self, name: str = "") -> list[str]:
        """Let the rules whose name holds this, and that have a schedule, fire now; names them."""
        body = json.dumps(name).encode()
        reply = process.request(self._server.port, "POST", "/_sandbox/schedules", body)
        fired: list[str] = json.loads(reply)
        return fired

    def now(self) -> datetime:
        """Tell the time of the sandbox's services, which `pass_time` moves."""
        reply = process.request(self._server.port, "GET", "/_sandbox/time")
        return datetime.fromtimestamp(json.loads(reply), UTC)

    def warm_spark(self) -> None:
        """Have Spark started beside all else, so that the first job run does not wait for it.

        Raises SandboxError that says why where no Spark job can run.
        """
        process.request(self._server.port, "POST", "/_sandbox/spark")

    def grant(self, **quotas: int) -> dict[str, int]:
        """Grant the account so much at once, such as ``concurrent_functions=10``; else AWS's."""
        body = json.dumps(quotas).encode()
        reply = process.request(self._server.port, "PUT", "/_sandbox/account", body)
        granted: dict[str, int] = json.loads(reply)
        return granted

    def pass_time(self) -> dict[str, Any]:
        """Skip to the next moment that something waits for: a state, a retry, a queue, an alarm.

        Only while nothing is under way: ``seconds`` says how much time was skipped, and
        ``under_way`` counts what is, by what it is. Then this waits a little for its end.
        """
        reply = process.request(self._server.port, "POST", "/_sandbox/time")
        passed: dict[str, Any] = json.loads(reply)
        return passed

    def reset(self) -> None:
        """Forget all resources, data, faults and counts."""
        process.request(self._server.port, "POST", "/_ministack/reset")

    def stop(self) -> None:
        """End the sandbox and remove what it kept on disk."""
        process.stop(self._server)
        if self._child is not None:
            if self._child.stdin is not None:
                self._child.stdin.close()
            self._child.wait()
            shutil.rmtree(self._server.state, ignore_errors=True)

    def _toolkit(self, say: Say) -> Toolkit:
        refuse_real_credentials(os.environ)
        return Toolkit(self._server.port, self._server.state, self.client, say)
