"""Hand-offs: one stack feeds another that it knows nothing of."""

import json

import pytest

from stacks import registry
from stacks.contracts import Events, PublishedValue
from stacks.data_lake.contracts import offers
from testing.templates import of_type
from testing.toys.app import TOYS
from testing.toys.assembly import synthesize_each

PAIR = ("Harvest", "Kitchen")
ORDERS = {
    "both": PAIR,
    "producer": PAIR[:1],
    "consumer": PAIR[1:],
    "consumer of the lake": ("Trainer",),
}


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory):
    """Synthesize both toys, and each without the other."""
    folder = tmp_path_factory.mktemp("toys")
    synthesize_each({folder / what: names for what, names in ORDERS.items()})
    return {what: folder / what for what in ORDERS}


def template_of(assembly, name):
    return json.loads((assembly / f"{name}.template.json").read_text())


def test_a_stack_is_the_same_with_the_other_and_without(assemblies):
    for what, name in {"producer": "Harvest", "consumer": "Kitchen"}.items():
        assert template_of(assemblies[what], name) == template_of(assemblies["both"], name)
        (other,) = {*PAIR} - {name}
        assert not (assemblies[what] / f"{other}.template.json").exists()


def test_no_stack_exports_imports_or_waits_for_another(assemblies):
    manifest = json.loads((assemblies["both"] / "manifest.json").read_text())["artifacts"]
    for name in PAIR:
        found = template_of(assemblies["both"], name)
        assert "Fn::ImportValue" not in json.dumps(found)
        assert "Fn::GetStackOutput" not in json.dumps(found)
        assert not [output for output in found["Outputs"].values() if "Export" in output]
        assert manifest[name]["dependencies"] == [f"{name}.assets"]


def test_policies_name_the_own_account_and_no_role_of_another_stack(assemblies):
    harvest = template_of(assemblies["both"], "Harvest")
    text = json.dumps(harvest)
    assert "Kitchen" not in text
    assert "kitchen" not in text
    found = template_of(assemblies["both"], "Kitchen")
    assert "role/" not in json.dumps(found)
    statements = [
        statement
        for policy in of_type(found, "AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
    ]
    account = {"aws:ResourceAccount": {"Ref": "AWS::AccountId"}}
    (objects,) = (s for s in statements if s["Action"] == "s3:GetObject")
    assert objects["Condition"] == {"StringEquals": account}
    assert json.dumps(objects["Resource"]).count(":s3:::harvest*/fruit/*") == 1
    (decrypt,) = (s for s in statements if s["Action"] == "kms:Decrypt")
    assert "s3." in json.dumps(decrypt["Condition"]["StringEquals"]["kms:ViaService"])
    decrypted = json.dumps(decrypt["Condition"]["StringLike"]["kms:EncryptionContext:aws:s3:arn"])
    assert decrypted.count(":s3:::harvest*") == 1
    (rule,) = of_type(found, "AWS::Events::Rule").values()
    assert rule["EventPattern"]["account"] == [{"Ref": "AWS::AccountId"}]


def test_the_lake_feeds_a_stack_that_knows_its_contract_alone(assemblies):
    offered = offers(stack_name="DataLake")
    found = template_of(assemblies["consumer of the lake"], "Trainer")
    (rule,) = of_type(found, "AWS::Events::Rule").values()
    assert rule["EventPattern"]["source"] == [offered.features_ready.source]
    assert rule["EventPattern"]["detail-type"] == [offered.features_ready.detail_type]
    (function,) = (
        f for f in of_type(found, "AWS::Lambda::Function").values() if "take_manifest" in str(f)
    )
    variables = function["Environment"]["Variables"]
    assert variables["BUCKET_PARAMETER"] == offered.manifests.bucket.parameter
    assert variables["PREFIX"] == offered.manifests.prefix
    assert json.dumps(found).count(f":s3:::datalake*/{offered.manifests.prefix}*") == 1


def test_a_stage_feeds_the_same_stage(monkeypatch):
    monkeypatch.setattr(registry, "ARCHITECTURES", TOYS)
    inputs = registry.inputs_of("Kitchen", lambda name: f"{name}-blue")["inputs"]
    assert inputs.fruit.bucket == PublishedValue("/Harvest-blue/fruit-bucket")
    assert inputs.picked == Events("harvest.Harvest-blue", "Fruit Picked")
    assert registry.inputs_of("Harvest", str) == {}


@pytest.mark.parametrize("inputs", [{"fruit": "Harvest"}, {"fruit": "Harvest", "picked": "Other"}])
def test_a_contract_of_another_kind_is_refused(monkeypatch, inputs):
    class Other:
        @staticmethod
        def offers(stack_name):
            return type("Offers", (), {"picked": PublishedValue(stack_name)})

    kitchen = registry.Architecture("testing.toys.kitchen", inputs=inputs)
    monkeypatch.setattr(registry, "ARCHITECTURES", {**TOYS, "Kitchen": kitchen, "Other": Other})
    module = registry._module
    monkeypatch.setattr(
        registry, "_module", lambda name, part: Other if name == "Other" else module(name, part)
    )
    with pytest.raises(TypeError, match=r"Kitchen is given .* as picked; allowed: Events; change"):
        registry.inputs_of("Kitchen", str)
