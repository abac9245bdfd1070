"""What the lake may do, and is told, where faces are handed over; and that it is nothing else."""

import json

import pytest

from testing.templates import of_type, statements, without_hashes

STACK, ROLE = "DataLake", "CurationTrainingSetBuildFeaturesRole"
ON = {"data_lake.demographics": True}


@pytest.fixture(scope="module")
def joined(variant):
    return design(variant(STACK, overrides=ON))


def design(template):
    """Give a template, whatever code it has."""
    return json.loads(without_hashes(json.dumps(template)))


def job_of(template):
    jobs = of_type(template, "AWS::Glue::Job")
    return next(job for name, job in jobs.items() if name.startswith("CurationTrainingSet"))


@pytest.mark.golden
def test_what_is_added_is_what_was_reviewed(template, joined, snapshot_json):
    before, after = (found["Resources"] for found in (template(STACK), joined))
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {name for name in changed if name.startswith("CurationTrainingSetBuild")}
    may_already = statements(template(STACK), role=ROLE)
    allowed = [each for each in statements(joined, role=ROLE) if each not in may_already]
    assert snapshot_json == {
        "faces": json.loads(job_of(joined)["DefaultArguments"]["--faces"]),
        "allowed": allowed,
    }


def test_by_default_the_job_is_told_of_no_faces_and_may_read_none(template):
    assert job_of(template(STACK))["DefaultArguments"]["--faces"] == "none"
    assert "ssm:" not in json.dumps(statements(template(STACK), role=ROLE))


def test_it_reads_the_faces_of_its_own_stage_and_account_alone(joined):
    added = [s for s in statements(joined, role=ROLE) if "retaildemographics" in json.dumps(s)]
    assert {s["Action"] for s in added} == {"kms:Decrypt", "s3:GetObject", "s3:ListBucket"}
    for statement in (s for s in added if s["Action"] != "kms:Decrypt"):
        assert statement["Condition"]["StringEquals"] == {
            "aws:ResourceAccount": {"Ref": "AWS::AccountId"}
        }
    (reading,) = (s for s in added if s["Action"] == "s3:GetObject")
    assert json.dumps(reading["Resource"]).count(":s3:::retaildemographics*/detections*") == 1


def test_who_hands_faces_over_publishes_where_they_are_and_nothing_else(template, variant):
    handing = variant("RetailDemographics", overrides={"retail_demographics.hand_over_faces": True})
    both = (template("RetailDemographics"), design(handing))
    before, after = (found["Resources"] for found in both)
    added = after.keys() - before.keys()
    assert {after[name]["Type"] for name in added} == {"AWS::SSM::Parameter"}
    changed = [name for name in before if before[name] != after[name]]
    assert changed == []
