"""An assembly that nobody has judged yet cannot be deployed."""

import signal
import subprocess
import sys
from pathlib import Path

from aws_cdk import CfnResource, Stack, Stage

from guardrails import gate, guard
from guardrails.assembly import UNJUDGED

KILLED = """
import os, signal, sys
import jsii
from aws_cdk import App, CfnResource, IPolicyValidationPlugin, Stack, Validations
from guardrails import FAIL_CLOSED, gate, guard

@jsii.implements(IPolicyValidationPlugin)
class Dies:
    name, version, rule_ids = "Dies", "1", ["X"]
    def validate(self, context):
        os.kill(os.getpid(), signal.SIGKILL)

app = App(outdir=sys.argv[1], post_cli_context=FAIL_CLOSED)
CfnResource(Stack(app, "Shop"), "Handle", type="AWS::CloudFormation::WaitConditionHandle")
guard(app)
Validations.of(app).add_plugins(Dies())
gate(app)
"""


def test_a_process_that_is_killed_while_it_judges_leaves_nothing_to_deploy(tmp_path):
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], check=False)  # noqa: S603 (ours)
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "Shop.template.json").exists()
    assert not (tmp_path / "manifest.json").exists()


def test_an_assembly_has_a_manifest_only_once_the_gate_has_passed_it(new_app):
    app = new_app()
    for scope in (app, Stage(app, "Prod")):
        stack = Stack(scope, "Shop")
        CfnResource(stack, "Handle", type="AWS::CloudFormation::WaitConditionHandle")
    guard(app)
    app.synth()
    outdir = Path(app.outdir)
    assert not list(outdir.rglob("manifest.json"))
    gate(app)
    assert len(list(outdir.rglob("manifest.json"))) == 2
    assert not list(outdir.rglob(UNJUDGED))
