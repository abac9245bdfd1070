"""Which variables the sandbox and its tools may see, and which keep it from starting."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sandbox.core import account

REGION = "us-east-1"
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}  # the emulator's root

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
_CREDENTIALS = (
    "AWS_SESSION_TOKEN",
    "AWS_SECURITY_TOKEN",
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
)
_TUNING = (
    *map(account.variable, account.DEFAULTS),
    "SANDBOX_REKOGNITION_LANDMARKS",
    "SANDBOX_REKOGNITION_TPS",
)
# Each function that runs is a process: a laptop is no Region with a thousand of them, whatever the
# account's quota.
FUNCTIONS_AT_ONCE = 32
IDLE_SECONDS = 30
_HARMLESS = ("LANG", "LC_ALL", "LC_CTYPE", "TZ", "SYSTEMROOT", "LD_LIBRARY_PATH")


class RealCredentialsError(Exception):
    """The environment could lead a mistake into a real account."""


def refuse_real_credentials(environment: Mapping[str, str]) -> None:
    """Raise when any variable points at a real account or at another endpoint.

    The message names the variable and never shows its value.
    """
    dangerous = dangerous_variables(environment)
    if dangerous:
        names = ", ".join(dangerous)
        unset = " ".join(f"-u {name}" for name in dangerous)
        raise RealCredentialsError(
            f"refusing to run with a way to a real AWS account in sight: {names} set; "
            f"unset {'it' if len(dangerous) == 1 else 'them'}, for example with: env {unset} ..."
        )


def dangerous_variables(environment: Mapping[str, str]) -> list[str]:
    """Name the variables that a sandbox must not run beside."""
    found = [name for name in _CREDENTIALS if environment.get(name)]
    key = environment.get("AWS_ACCESS_KEY_ID")
    if key and key != KEYS["AWS_ACCESS_KEY_ID"]:
        found.append("AWS_ACCESS_KEY_ID")
    found += [
        name
        for name, value in environment.items()
        if name.startswith("AWS_ENDPOINT_URL") and value and not _is_loopback(value)
    ]
    return sorted(found)


def _is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in _LOOPBACK


def server_environment(
    outer: Mapping[str, str], *, port: int, iam: bool, state: Path, home: Path, path: str
) -> dict[str, str]:
    """Compose the server's whole environment; its Lambda functions inherit it, so it is short."""
    return {
        **harmless(outer),
        **{name: outer[name] for name in _TUNING if name in outer},
        "PATH": path,
        "HOME": str(home),
        "TMPDIR": str(state / "tmp"),
        "STATE_DIR": str(state / "state"),
        "S3_DATA_DIR": str(state / "s3"),
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "MINISTACK_HOST": "127.0.0.1",  # what queue URLs say
        "AUTH": "true" if iam else "false",
        "LAMBDA_ACCOUNT_CONCURRENCY": str(FUNCTIONS_AT_ONCE),
        "LAMBDA_WARM_TTL_SECONDS": str(IDLE_SECONDS),
        # Both listeners would be open to the network.
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def harmless(outer: Mapping[str, str]) -> dict[str, str]:
    """Keep what a program needs to speak the user's language and load its libraries."""
    return {name: outer[name] for name in _HARMLESS if name in outer}


def client_environment(port: int) -> dict[str, str]:
    """Point any AWS SDK or command line at the sandbox and at nothing else."""
    return {
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        **KEYS,
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def tool_environment(
    outer: Mapping[str, str], *, port: int, home: Path, path: str
) -> dict[str, str]:
    """Compose the environment of the CDK command line and of the app that it runs."""
    return {
        **synthesis_environment(outer, home=home, path=path),
        **client_environment(port),
        "CI": "true",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "DO_NOT_TRACK": "1",
    }


def synthesis_environment(outer: Mapping[str, str], *, home: Path, path: str) -> dict[str, str]:
    """Compose the environment of an app that is synthesized for the sandbox, running or not."""
    cache = "JSII_RUNTIME_PACKAGE_CACHE_ROOT"
    return {
        **harmless(outer),
        **({cache: outer[cache]} if cache in outer else {}),
        "PATH": path,
        "HOME": str(home),
        "CDK_DEFAULT_REGION": REGION,
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }


def export_lines(outer: Mapping[str, str], port: int) -> list[str]:
    """Write shell lines that make the caller's shell a client of the sandbox."""
    unset = [name for name in dangerous_variables(outer) if name not in client_environment(port)]
    return [
        *(f"unset {name}" for name in unset),
        *(f"export {name}='{value}'" for name, value in client_environment(port).items()),
    ]
