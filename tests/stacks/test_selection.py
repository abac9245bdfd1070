"""Which stacks the CDK command line selects, told by its words and by the real CLI."""

import json
import os
import sys
from functools import partial

import pytest

from sandbox.host.deploy import command
from stacks import selection
from stacks.selection import ancestors, cli_arguments, deploys, named_stacks
from stacks.settings import CONFIG
from testing import command_line
from testing.command_line import ROOT

KNOWN = ("Alpha", "Beta")


@pytest.mark.parametrize(
    ("words", "stacks"),
    [
        ("deploy Alpha", ["Alpha"]),
        ("synth Beta Alpha", ["Beta", "Alpha"]),
        ("diff -c stage=prod Alpha --context alarms.errors=3", ["Alpha"]),
        ("deploy Alpha --require-approval never --outputs-file out.json", ["Alpha"]),
        ("destroy --force Alpha", ["Alpha"]),
        ("deploy --profile Beta Alpha", ["Beta", "Alpha"]),
        ("deploy Alpha --method=direct", ["Alpha"]),
    ],
)
def test_named_stacks_are_found(words, stacks):
    assert named_stacks(words.split(), KNOWN) == stacks


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("deploy --all", True),
        ("watch Alpha", True),
        ("synth --quiet", False),
        ("diff --all", False),
        ("", False),
    ],
)
def test_to_deploy_is_told_from_writing_templates(monkeypatch, words, answer):
    above = [["/bin/sh"], ["node", "/x/bin/cdk", *words.split()], ["/bin/sh"]]
    monkeypatch.setattr(selection, "ancestors", lambda _: iter(above))
    assert deploys() is answer


def test_named_stacks_are_found_when_the_sandbox_runs_the_command_line():
    words = cli_arguments(command(["deploy", "Alpha", "-c", "stage=prod"]))
    assert words is not None
    assert named_stacks(words, KNOWN) == ["Alpha"]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "deploy",
        "deploy --all",
        "deploy Alpha --all",
        "deploy Alpha*",
        "deploy Alpha -f B*",
        "deploy Alpha Gamma",
        "deploy Stage/Alpha",
        "ls Alpha",
        "bootstrap Alpha",
        "--profile x deploy Alpha",
    ],
)
def test_whatever_is_not_understood_means_everything(words):
    assert named_stacks(words.split(), KNOWN) is None


@pytest.mark.parametrize(
    "command",
    [
        ["node", "/app/node_modules/.bin/cdk", "deploy", "Alpha"],
        ["/usr/bin/node", "/usr/lib/node_modules/aws-cdk/bin/cdk.js", "deploy", "Alpha"],
        ["/venv/bin/node", "--max-old-space-size=4096", "/x/bin/cdk", "deploy", "Alpha"],
    ],
)
def test_the_cli_is_recognised(command):
    assert cli_arguments(command) == ["deploy", "Alpha"]


@pytest.mark.parametrize(
    "command", [[], ["sh", "-c", "python app.py"], ["npm", "exec", "cdk", "deploy"], ["vim", "cdk"]]
)
def test_other_programs_are_not_the_cli(command):
    assert cli_arguments(command) is None


def test_the_commands_of_parents_can_be_read():
    assert any("pytest" in word for command in ancestors(os.getpid()) for word in command)


APP = """
import sys
from functools import partial
from pathlib import Path
sys.path.insert(0, {root!r})
import app
from stacks import registry

registry.ARCHITECTURES.clear()
registry.ARCHITECTURES.update(
    Alpha=registry.Architecture("alpha"), Beta=registry.Architecture("beta")
)
app.build_app = partial(app.build_app, config=Path("config"))
app.main()
"""
STACKS = """
from aws_cdk import CfnWaitConditionHandle, Stack, aws_sqs as sqs


class {name}Stack(Stack):
    def __init__(self, scope, name, *, settings, shared):
        super().__init__(scope, name)
        {resource}
"""
SETTINGS = """
from stacks.settings.fields import Section


class {name}(Section):
    pass
"""
RESOURCES = {
    "Alpha": 'CfnWaitConditionHandle(self, "Harmless")',
    "Beta": 'sqs.Queue(self, "Open")',
}


@pytest.fixture(scope="module")
def cdk(tmp_path_factory):
    """Run the real CDK CLI on an app of two tiny architectures, the second of which violates."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "main.py").write_text(APP.format(root=str(ROOT)))
    for name, resource in RESOURCES.items():
        package = folder / name.lower()
        package.mkdir()
        (package / "stack.py").write_text(STACKS.format(name=name, resource=resource))
        (package / "settings.py").write_text(SETTINGS.format(name=name))
    (folder / "config").mkdir()
    shared = (CONFIG / "default.toml").read_text().partition("[retail_demographics]")[0]
    (folder / "config" / "default.toml").write_text(shared + "[alpha]\n[beta]\n")
    (folder / "cdk.json").write_text(json.dumps({"app": f"{sys.executable} main.py"}))
    return partial(command_line.cdk, folder)


def test_a_violation_elsewhere_does_not_block_the_named_stack(cdk):
    code, said = cdk("synth", "Alpha")
    assert code == 0, said


def test_a_violation_in_the_named_stack_does(cdk):
    code, said = cdk("synth", "Beta")
    assert code != 0
    assert "Beta/Open" in said


def test_without_a_name_everything_is_built_and_judged(cdk):
    code, _ = cdk("synth")
    assert code != 0
