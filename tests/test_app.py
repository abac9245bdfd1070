"""The app: what it builds, what it refuses, and what it accepts with a reason."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from app import build_app
from stacks.registry import ARCHITECTURES

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("pack", ["AwsSolutions", "Serverless"])
def test_a_waiver_needed_by_a_default_pack_that_is_off_is_not_called_stale(synthesize, pack):
    synthesize(overrides={"guardrails.packs": [pack]})


@pytest.fixture
def run_app(tmp_path):
    """Run app.py as the CDK command line does, with this context."""

    def run(context):
        # Away from the folders of others, and with no Region in sight.
        env = {k: v for k, v in os.environ.items() if not k.endswith("_REGION")}
        return subprocess.run(  # noqa: S603 - our own interpreter and program
            [sys.executable, ROOT / "app.py"],
            env={**env, "CDK_CONTEXT_JSON": json.dumps(context), "CDK_OUTDIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_command_line_chooses_architectures_stage_and_settings(run_app, tmp_path):
    asked = {"arch": "RetailDemographics", "stage": "prod", "alarms.oldest_message_minutes": "90"}
    done = run_app(asked)
    assert (done.returncode, done.stderr) == (0, "")
    stack = json.loads((tmp_path / "manifest.json").read_text())["artifacts"]["RetailDemographics"]
    assert stack["properties"]["stackName"] == "RetailDemographics-prod"
    assert '"Threshold": 5400' in (tmp_path / stack["properties"]["templateFile"]).read_text()


def test_a_person_reads_one_line_and_no_traceback(run_app):
    done = run_app({"alarms.errors": "0"})
    assert done.returncode == 1
    assert done.stderr == (
        "app.py: -c: alarms.errors is 0; allowed: a whole number from 1 to 10000; change it there\n"
    )


def test_an_unknown_architecture_is_answered_with_those_there_are():
    with pytest.raises(ValueError, match="no such architecture; allowed: RetailDemographics"):
        build_app(only=["Retail"])


def test_the_app_sends_nothing_home_and_runs_as_the_command_line_does():
    settings = json.loads((ROOT / "cdk.json").read_text())
    assert settings["app"] == "python app.py"
    for reporting in ("versionReporting", "notices", "cli-telemetry"):
        assert settings[reporting] is False


def test_no_template_reports_to_cdks_makers(assembly):
    for name in ARCHITECTURES:
        assert "CDKMetadata" not in (assembly(name) / f"{name}.template.json").read_text()
