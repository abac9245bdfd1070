"""Commands that tests run see no settings of the outer environment."""

import sys

from testing.command_line import run

SHOW = "import os; print(sorted(name for name in os.environ if name.startswith('AWS_')))"


def test_a_command_sees_its_own_variables_and_none_from_outside(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "somebody")
    code, said = run(tmp_path, (sys.executable, "-c", SHOW), AWS_REGION="eu-west-1")
    assert (code, said) == (0, "['AWS_EC2_METADATA_DISABLED', 'AWS_REGION']\n")


def test_its_exit_code_and_all_it_said_come_back(tmp_path):
    code, said = run(tmp_path, (sys.executable, "-c", "import sys; print(1); sys.exit('two')"))
    assert code == 1
    assert {*said.split()} == {"1", "two"}
