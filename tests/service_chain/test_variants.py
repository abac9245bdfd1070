"""The stack with other settings: stages of the chain, deployment stages, deletion keys, packs."""

import json
import re

import boto3
import pytest

from guardrails import ALL_PACKS

STACK = "ServiceChain"
BOTH_KEYS = {"removal.data_is_disposable": True, "removal.destroy_deletes_data": True}
TEXT_ONLY = {"service_chain.transcribe": False, "service_chain.translate_to": []}
EVERYTHING = {"service_chain.speak": True, "service_chain.terminology": "shop"}


@pytest.fixture(scope="module")
def variant(synthesize):
    def read(stage="", **arguments):
        out = synthesize(only=[STACK], stage=stage or None, **arguments)
        manifest = json.loads((out / "manifest.json").read_text())
        (artifact,) = (
            a["properties"]
            for a in manifest["artifacts"].values()
            if a["type"] == "aws:cloudformation:stack"
        )
        name = f"{STACK}-{stage}" if stage else STACK
        assert artifact.get("stackName", STACK) == name
        return json.loads((out / artifact["templateFile"]).read_text())

    return read


def _names(template):
    keys = {"Name", "AlarmName", "DashboardName", "LogGroupName"}
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        # Names of saved queries and tables are unique within their own workgroup and database.
        if resource["Type"] != "AWS::Athena::NamedQuery":
            yield from (properties[key] for key in keys & set(properties))
        if "DatabaseInput" in properties:
            yield properties["DatabaseInput"]["Name"]


def test_two_stages_have_no_physical_name_in_common(variant, template):
    names = [set(_names(t)) for t in (template(STACK), variant("prod"))]
    assert names[0]
    assert not names[0] & names[1]


def test_an_output_has_the_same_name_in_every_stage(variant, template):
    assert set(variant("prod")["Outputs"]) == set(template(STACK)["Outputs"])


@pytest.mark.parametrize("key", BOTH_KEYS)
def test_one_deletion_key_keeps_every_bucket(variant, key):
    template = variant(overrides={key: True})
    buckets = [r for r in template["Resources"].values() if r["Type"] == "AWS::S3::Bucket"]
    assert {bucket["DeletionPolicy"] for bucket in buckets} == {"Retain"}


def test_both_deletion_keys_empty_and_destroy_everything(variant):
    resources = variant(overrides=BOTH_KEYS)["Resources"].values()
    assert not [r for r in resources if r.get("DeletionPolicy") == "Retain"]
    emptied = [r for r in resources if r["Type"] == "Custom::S3AutoDeleteObjects"]
    buckets = [r for r in resources if r["Type"] == "AWS::S3::Bucket"]
    assert len(emptied) == len(buckets) == 4


@pytest.mark.parametrize("overrides", [{}, BOTH_KEYS, TEXT_ONLY, EVERYTHING])
def test_all_rule_packs_find_nothing_with_any_setting(variant, overrides):
    variant(overrides={"guardrails.packs": list(ALL_PACKS), **overrides})


def test_a_chain_for_texts_alone_has_nothing_of_transcribe_and_translate(variant):
    template = variant(overrides=TEXT_ONLY)
    text = json.dumps(template["Resources"])
    dashboard = next(
        r for r in template["Resources"].values() if r["Type"] == "AWS::CloudWatch::Dashboard"
    )
    for word in ("transcribe:Start", "transcribe.amazonaws.com", "translate:", "iam:PassRole"):
        assert word not in text.replace(json.dumps(dashboard), ""), word
    assert "AssembleTranslationFunctionName" not in template["Outputs"]
    assert "ResumeMachineArn" not in template["Outputs"]


def test_a_chain_that_only_transcribes_asks_nothing_of_comprehend(variant, statements):
    only = {"service_chain.comprehend": False, "service_chain.language": "en-US"}
    template = variant(overrides={**only, "service_chain.translate_to": []})
    assert "comprehend:" not in json.dumps(statements(template, role="ChainRole"))
    assert "states:StartExecution" not in json.dumps(statements(template, role="ChainRole"))


def test_a_terminology_is_all_that_may_be_used(variant, statements):
    template = variant(overrides=EVERYTHING)
    (translate,) = (
        s
        for s in statements(template, role="ChainRole")
        if "translate:TranslateText" in json.dumps(s["Action"])
    )
    assert json.dumps(translate["Resource"]).endswith(':terminology/shop"]]}')


@pytest.mark.parametrize(
    ("overrides", "folders"),
    [
        ({}, {"insights", "texts", "translations"}),
        ({"service_chain.translate_to": []}, {"insights", "texts"}),
        ({"service_chain.redact": False}, {"insights"}),
        ({"service_chain.analyze": "none"}, {"insights"}),
    ],
)
def test_a_document_is_put_together_without_its_texts_unless_they_are_searched(
    variant, statements, overrides, folders
):
    role = statements(variant(overrides=overrides), role="WorkersAssembleDocumentRole")
    read = json.dumps([s["Resource"] for s in role if "s3:GetObject" in json.dumps(s["Action"])])
    assert set(re.findall(r"\"/(\w+)/\*\"", read)) == folders


def test_speech_is_written_below_its_own_prefix(variant, statements):
    text = json.dumps(statements(variant(overrides=EVERYTHING), role="ChainRole"))
    assert "/speech/*" in text
    assert "polly:StartSpeechSynthesisTask" in text


def test_one_template_fits_every_region_and_partition(template):
    """No account, Region, partition or URL suffix is a literal, so one template fits all."""
    text = json.dumps(template(STACK))
    session = boto3.Session()
    partitions = session.get_available_partitions()
    assert {"aws", "aws-cn", "aws-us-gov"} <= set(partitions)
    for partition in partitions:
        assert f"arn:{partition}:" not in text
        for region in session.get_available_regions("s3", partition):
            assert region not in text
