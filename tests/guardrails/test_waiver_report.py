"""The ledger says who waived what and why, the same each time."""

import json

import pytest
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from guardrails.waiver_report import Entry, entries, main, page


class Markdown(SingleFileSnapshotExtension):
    """Keep the golden as the page that a person would read."""

    _write_mode = WriteMode.TEXT
    file_extension = "md"


def test_the_ledger_of_the_sample(clean_sample, snapshot):
    assert page(entries(clean_sample)) == snapshot(extension_class=Markdown)


def test_rows_are_in_order_and_say_which_packs_a_rule_came_from(clean_sample):
    found = entries(clean_sample)
    assert found == sorted(found)
    [vpc] = [entry for entry in found if entry.concern == "outside_vpc"]
    assert vpc == Entry(
        "Sample",
        "outside_vpc",
        "Sample/Analyze/Resource",
        "It calls the APIs of AWS and nothing private at all.",
        ("`LambdaInsideVPC` (HIPAA.Security, NIST.800.53.R5, PCI.DSS.321)",),
    )


def test_the_command_prints_the_page(clean_sample, capsys):
    assert main([str(clean_sample)]) == 0
    assert capsys.readouterr().out == page(entries(clean_sample))


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_the_command_explains_itself(arguments, capsys):
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def test_the_command_says_when_there_is_no_report(tmp_path, capsys):
    assert main([str(tmp_path)]) == 1
    assert "validation did not run" in capsys.readouterr().err


def test_a_bar_in_a_cell_does_not_break_the_table():
    entry = Entry("Shop", "outside_vpc", "Shop/F", "One | two.", ("`R` (P)",))
    assert "One &#124; two." in page([entry])


def test_an_acknowledgement_without_a_concern_of_ours_is_no_row(tmp_path, capsys):
    violation = {"acknowledgedAt": "Shop/Q", "acknowledgedId": "MlLens::X", "reason": "mine: so."}
    plugin = {"pluginName": "MlLens", "suppressedViolations": [violation]}
    (tmp_path / "validation-report.json").write_text(json.dumps({"pluginReports": [plugin]}))
    assert main([str(tmp_path)]) == 1
    assert (
        "Shop/Q: MlLens::X is acknowledged for 'mine', which is no concern"
        in capsys.readouterr().err
    )
