"""The CDK command line exits with an error too, where by itself it would print nothing and pass."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from testing.command_line import ROOT, cdk, run

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

    def run_case(case, directory):
        kind, words, _ = CASES[case]
        (directory / "app.py").write_text(APP)
        app = f"{sys.executable} app.py"
        return case, cdk(directory, *words, "--app", app, PYTHONPATH=str(ROOT), CASE=kind)

    directories = [tmp_path_factory.mktemp("app") for _ in CASES]  # pytest makes one at a time
    with ThreadPoolExecutor(2) as two:
        return dict(two.map(run_case, CASES, directories))


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
    python = (sys.executable, "app.py")
    code, output = run(tmp_path, python, PYTHONPATH=str(ROOT), CASE="stage")
    assert code == 1
    assert "Prod/Shop/It" in output
