"""What Lake Formation is told where it decides, and that it is told nothing where it does not."""

import json

import pytest

from testing.templates import of_type

STACK = "DataLake"
PERMISSIONS = "AWS::LakeFormation::PrincipalPermissions"


@pytest.fixture(scope="module")
def governed(variant):
    overrides = {"data_lake.lake_formation": True, "data_lake.lake_readers": ["team/Analyst"]}
    return variant(STACK, overrides=overrides)


@pytest.fixture(scope="module")
def grants(governed):
    """Read who may do what with what: principal, kind of resource, permissions."""
    return {
        name: (
            json.dumps(grant["Principal"]),
            json.dumps(grant["Resource"]),
            tuple(grant["Permissions"]),
        )
        for name, grant in of_type(governed, PERMISSIONS).items()
    }


def test_nothing_is_said_to_lake_formation_by_default(template):
    kinds = {resource["Type"] for resource in template(STACK)["Resources"].values()}
    assert not [kind for kind in kinds if "LakeFormation" in kind]


@pytest.mark.golden
def test_what_is_said_is_what_was_reviewed(governed, snapshot_json):
    found = {
        name: resource
        for name, resource in governed["Resources"].items()
        if "LakeFormation" in name
    }
    assert found == snapshot_json


def test_every_zone_that_a_table_lies_in_is_registered_for_a_role_that_only_reads(governed):
    places = of_type(governed, "AWS::LakeFormation::Resource")
    assert len(places) == 4
    assert not any(place["HybridAccessEnabled"] for place in places.values())
    policies = of_type(governed, "AWS::IAM::Policy")
    (policy,) = (p for name, p in policies.items() if "LakeFormationReaderDefault" in name)
    said = json.dumps(policy)
    assert '"s3:GetObject"' in said
    assert "Put" not in said
    assert "Delete" not in said


def test_readers_read_and_jobs_write_and_nobody_passes_it_on(governed, grants):
    for grant in of_type(governed, PERMISSIONS).values():
        assert grant["PermissionsWithGrantOption"] == []
    of_reader = {rights for who, _, rights in grants.values() if "role/team/Analyst" in who}
    assert of_reader == {("DESCRIBE",), ("DESCRIBE", "SELECT")}
    assert not [rights for _, _, rights in grants.values() if "CREATE_TABLE" in rights]
    where = [who for who, _, rights in grants.values() if rights == ("DATA_LOCATION_ACCESS",)]
    assert sorted("OptimizersRole" in who for who in where) == [False, False, True, True]
    assert all("*" not in where for _, where, _ in grants.values())


def test_a_table_that_a_job_makes_later_has_the_tag_of_its_database(governed, grants):
    ((name, tagged),) = of_type(governed, "AWS::LakeFormation::TagAssociation").items()
    assert "Database" in tagged["Resource"]
    by_tag = [n for n, (_, where, _) in grants.items() if "LFTagPolicy" in where]
    resources = governed["Resources"]
    assert by_tag
    assert all(name in resources[each]["DependsOn"] for each in by_tag)


def test_tables_are_there_before_their_place_is_registered(governed):
    resources = governed["Resources"]
    tables = {n for n, r in resources.items() if r["Type"] == "AWS::Glue::Table"}
    for name in of_type(governed, "AWS::LakeFormation::Resource"):
        assert tables <= set(resources[name]["DependsOn"])
