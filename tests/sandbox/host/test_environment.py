"""What the sandbox refuses to run beside, and what it lets through."""

import os
import subprocess
import sys

import pytest

from sandbox.host.environment import (
    FUNCTIONS_AT_ONCE,
    IDLE_SECONDS,
    RealCredentialsError,
    client_environment,
    export_lines,
    refuse_real_credentials,
    server_environment,
    tool_environment,
)

HIDDEN = "do-not-print-me"


@pytest.mark.parametrize(
    "name",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_DEFAULT_PROFILE",
        "AWS_ROLE_ARN",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_ENDPOINT_URL",
        "AWS_ENDPOINT_URL_S3",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
    ],
)
def test_a_way_to_a_real_account_is_refused_by_name_and_never_by_value(name):
    with pytest.raises(RealCredentialsError, match=f"env -u {name}") as refused:
        refuse_real_credentials({name: HIDDEN})
    assert HIDDEN not in str(refused.value)


def test_the_sandbox_is_no_danger_to_itself():
    refuse_real_credentials(client_environment(4566))


@pytest.mark.parametrize("name", ["AWS_CA_BUNDLE", "AWS_REGION", "PATH"])
def test_a_harmless_variable_is_no_reason_to_refuse(name):
    refuse_real_credentials({name: "anything"})


def outer():
    return {
        "LANG": "C.UTF-8",
        "PATH": "/outer",
        "HOME": "/home/me",
        "AWS_CA_BUNDLE": HIDDEN,
        "HTTPS_PROXY": HIDDEN,
        "NODE_EXTRA_CA_CERTS": HIDDEN,
        "PYTHONPATH": HIDDEN,
        "GITHUB_TOKEN": HIDDEN,
    }


def test_the_server_sees_only_what_it_needs(tmp_path):
    seen = server_environment(
        outer(), port=1, iam=True, state=tmp_path, home=tmp_path / "home", path="/inner"
    )
    assert HIDDEN not in seen.values()
    assert not [name for name in seen if name.startswith("AWS_")]
    assert seen["HOME"] == str(tmp_path / "home")
    assert seen["PATH"] == "/inner"
    assert seen["LANG"] == "C.UTF-8"
    assert seen["BIND_HOST"] == "127.0.0.1"


def test_the_emulator_takes_its_limits_from_what_the_server_sees(tmp_path):
    environment = server_environment(
        os.environ, port=1, iam=True, state=tmp_path, home=tmp_path, path=os.defpath
    )
    (tmp_path / "tmp").mkdir()
    asked = (
        "from ministack.core import lambda_runtime; from ministack.services import lambda_svc;"
        "print(lambda_svc._ACCOUNT_CONCURRENCY_CAP, lambda_runtime._LOCAL_WORKER_TTL)"
    )
    told = subprocess.run(  # noqa: S603 - this Python, our own words
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == [str(FUNCTIONS_AT_ONCE), str(float(IDLE_SECONDS))]


def test_the_cdk_can_reach_the_sandbox_and_nothing_else(tmp_path):
    seen = tool_environment(outer(), port=7, home=tmp_path, path="/inner")
    assert HIDDEN not in seen.values()
    assert seen["AWS_ENDPOINT_URL"] == "http://127.0.0.1:7"
    assert seen["AWS_EC2_METADATA_DISABLED"] == "true"
    assert seen["CDK_DISABLE_CLI_TELEMETRY"] == "true"
    assert seen["HOME"] == str(tmp_path)


def test_a_shell_is_made_a_client_and_rid_of_what_is_dangerous():
    lines = export_lines({"AWS_PROFILE": HIDDEN, "AWS_ENDPOINT_URL_S3": "https://x.test"}, 7)
    assert lines[:2] == ["unset AWS_ENDPOINT_URL_S3", "unset AWS_PROFILE"]
    assert "export AWS_ENDPOINT_URL='http://127.0.0.1:7'" in lines
    assert HIDDEN not in "".join(lines)
