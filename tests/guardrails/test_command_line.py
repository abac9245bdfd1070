"""The CDK command line exits with an error too, where by itself it would print nothing and pass."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CDK = ROOT / "node_modules" / ".bin" / "cdk"

APP = """
import os
from aws_cdk import App, CfnResource, NestedStack, Stack, Stage
from guardrails import FAIL_CLOSED, gate, guard
from guardrails import ml_lens

case = os.environ["CASE"]
app = App(
    post_cli_context=FAIL_CLOSED,
    builtin_cloud_formation_validation=False,
    analytics_reporting=False,
)
stack = Stack(Stage(app, "Prod") if case == "stage" else app, "Shop")
harmless = case in ("clean", "crash")
kind = "AWS::CloudFormation::WaitConditionHandle" if harmless else "AWS::SQS::Queue"
CfnResource(NestedStack(stack, "Inner") if case == "nested" else stack, "It", type=kind)
guard(app, packs=["Serverless"])
if case == "crash":
    ml_lens.RULES = ("no rule at all",)
app.synth()
gate(app)
"""

CASES = {
    "a clean app is synthesized": ("clean", ("synth",), None),
    "a violation fails": ("plain", ("synth",), "MlLens-ENC1"),
    "a violation fails a deployment": ("plain", ("deploy", "--all"), "MlLens-ENC1"),
    "a violation fails with errors ignored": (
        "plain",
        ("synth", "--ignore-errors"),
        "MlLens-ENC1",
    ),
    "a violation fails without validation": ("plain", ("synth", "--no-validation"), "MlLens-ENC1"),
    "a violation inside a Stage fails": ("stage", ("synth", "--ignore-errors"), "Prod/Shop/It"),
    "a violation in a nested stack fails": ("nested", ("synth",), "Shop/Inner/It"),
    "a plug-in that crashes fails": ("crash", ("synth",), "nothing is proven"),
}


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """Run all cases, two at a time, each in a directory of its own."""
    running: list[tuple[str, subprocess.Popen[str]]] = []
    done: dict[str, tuple[int, str]] = {}
    for case, (kind, arguments, _) in CASES.items():
        directory = tmp_path_factory.mktemp("app")
        (directory / "app.py").write_text(APP)
        command = [
            str(CDK),
            *arguments,
            "--quiet",
            "--no-notices",
            "--app",
            f"{sys.executable} app.py",
        ]
        running.append((case, _start(command, directory, kind)))
        if len(running) == 2:
            done |= _finish(running)
            running = []
    return done | _finish(running)


def _start(command, directory, kind):
    environment = {
        "PATH": f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "HOME": os.environ.get("HOME", str(directory)),
        "PYTHONPATH": str(ROOT),
        "CASE": kind,
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    return subprocess.Popen(  # noqa: S603 - this project's own CLI, with arguments written above
        command,
        cwd=directory,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _finish(running):
    done = {}
    for case, process in running:
        output, _ = process.communicate(timeout=120)
        done[case] = process.returncode, output
    return done


@pytest.mark.parametrize("case", CASES)
def test_the_command_line_agrees(runs, case):
    code, output = runs[case]
    expected = CASES[case][2]
    if expected is None:
        assert code == 0, output
    else:
        assert code == 1, output
        assert expected in output


def test_plain_python_agrees(tmp_path):
    (tmp_path / "app.py").write_text(APP)
    process = _start([sys.executable, "app.py"], tmp_path, "stage")
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "Prod/Shop/It" in output
