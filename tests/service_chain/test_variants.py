"""The stack with settings of its own: which of the chain's stages are on."""

import json
import re
from functools import partial

import pytest

from guardrails import ALL_PACKS
from testing.templates import statements

STACK = "ServiceChain"
EVERY_PACK = {"guardrails.packs": list(ALL_PACKS)}
TEXT_ONLY = {"service_chain.transcribe": False, "service_chain.translate_to": [], **EVERY_PACK}
EVERYTHING = {"service_chain.speak": True, "service_chain.terminology": "shop", **EVERY_PACK}


@pytest.fixture
def chain(variant):
    return partial(variant, STACK)


@pytest.mark.parametrize("overrides", [TEXT_ONLY, EVERYTHING])
def test_all_rule_packs_find_nothing_with_any_stages(chain, overrides):
    chain(overrides=overrides)


def test_a_chain_for_texts_alone_has_nothing_of_transcribe_and_translate(chain):
    template = chain(overrides=TEXT_ONLY)
    text = json.dumps(template["Resources"])
    dashboard = next(
        r for r in template["Resources"].values() if r["Type"] == "AWS::CloudWatch::Dashboard"
    )
    for word in ("transcribe:Start", "transcribe.amazonaws.com", "translate:", "iam:PassRole"):
        assert word not in text.replace(json.dumps(dashboard), ""), word
    assert "AssembleTranslationFunctionName" not in template["Outputs"]
    assert "ResumeMachineArn" not in template["Outputs"]


def test_a_chain_that_only_transcribes_asks_nothing_of_comprehend(chain):
    only = {"service_chain.comprehend": False, "service_chain.language": "en-US"}
    template = chain(overrides={**only, "service_chain.translate_to": []})
    assert "comprehend:" not in json.dumps(statements(template, role="ChainRole"))
    assert "states:StartExecution" not in json.dumps(statements(template, role="ChainRole"))


def test_a_stage_that_is_off_takes_its_rights_with_it(chain):
    only = {"service_chain.comprehend": False, "service_chain.language": "en-US"}
    template = chain(overrides={**only, "service_chain.translate_to": []})
    granted = json.dumps(statements(template, role="ChainRole"))
    assert set(re.findall(r"s3:\w+", granted)) == {"s3:GetObjectVersion", "s3:PutObject"}


def test_a_terminology_is_all_that_may_be_used(chain):
    template = chain(overrides=EVERYTHING)
    (translate,) = (
        s
        for s in statements(template, role="ChainRole")
        if "translate:TranslateText" in json.dumps(s["Action"])
    )
    named = [resource["Fn::Join"][1][-1] for resource in translate["Resource"]]
    assert named == [":terminology/shop", ":terminology/shop/LATEST"]


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
    chain, overrides, folders
):
    role = statements(chain(overrides=overrides), role="FunctionsAssembleDocumentRole")
    read = json.dumps([s["Resource"] for s in role if "s3:GetObject" in json.dumps(s["Action"])])
    assert set(re.findall(r"\"/(\w+)/\*\"", read)) == folders


def test_speech_is_written_below_its_own_prefix(chain):
    text = json.dumps(statements(chain(overrides=EVERYTHING), role="ChainRole"))
    assert "/speech/*" in text
    assert "polly:StartSpeechSynthesisTask" in text
