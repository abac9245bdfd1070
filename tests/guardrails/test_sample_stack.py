"""What a serverless stack meets in all packs can be waived by concern, and then nothing is left."""

from pathlib import Path

from guardrails.report import read_report


def test_a_serverless_stack_is_clean_in_every_pack_once_its_concerns_are_waived(
    clean_sample: Path,
):
    report = read_report(clean_sample)
    assert list(report.failures()) == []
    assert {pack for pack, _ in report.suppressed()} == {
        "AwsSolutions",
        "HIPAA.Security",
        "MlLens",
        "NIST.800.53.R5",
        "PCI.DSS.321",
        "Serverless",
    }
