"""What Lake Formation is told where it decides, and that it is told nothing where it does not."""

import json
import re

import pytest

from testing.templates import of_type

STACK = "DataLake"
PERMISSIONS = "AWS::LakeFormation::PrincipalPermissions"


@pytest.fixture(scope="module")
def governed(variant):
    overrides = {
        "data_lake.lake_formation": True,
        "data_lake.lake_readers": ["team/Analyst"],
        "data_lake.discovery": True,
    }
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


def policy_of(governed, role):
    policies = of_type(governed, "AWS::IAM::Policy")
    (policy,) = (p for name, p in policies.items() if f"{role}DefaultPolicy" in name)
    return json.dumps(policy)


def test_every_zone_of_a_table_is_registered_and_what_optimizers_keep_may_be_written_to(governed):
    places = of_type(governed, "AWS::LakeFormation::Resource")
    assert len(places) == 4
    assert not any(place["HybridAccessEnabled"] for place in places.values())
    kept = [n for n, p in places.items() if "Keeper" in json.dumps(p["RoleArn"])]
    assert sorted("EnhancedPlace" in name for name in kept) == [False, True]
    assert sorted("TransformedPlace" in name for name in kept) == [False, True]
    said = policy_of(governed, "LakeFormationReader")
    assert '"s3:GetObject"' in said
    assert "Put" not in said
    assert "Delete" not in said
    kept_zone = policy_of(governed, "LakeFormationEnhancedKeeper")
    assert set(re.findall(r"(\w+)Zone[0-9A-F]{8}", kept_zone)) == {"CurationEnhanced"}


def test_who_works_with_keys_of_lake_formation_may_ask_for_them(governed):
    policies = of_type(governed, "AWS::IAM::Policy")
    asking = [n for n, p in policies.items() if "lakeformation:GetDataAccess" in json.dumps(p)]
    assert sorted("Optimizers" in name for name in asking) == [False, True, True]
    assert sorted("Quality" in name for name in asking) == [False, False, True]


def test_whoever_works_with_tables_has_a_grant(governed, grants):
    """Glue's roles that may ask the catalog at all, and no other role of the stack."""
    asks = {
        name.split("RoleDefaultPolicy")[0]
        for name, policy in of_type(governed, "AWS::IAM::Policy").items()
        if "glue:GetTable" in json.dumps(policy)
    }
    granted = {re.search(r"(\w+)Role[0-9A-F]{8}", who) for who, *_ in grants.values()}
    assert {found[1] for found in granted if found} == asks


def test_readers_read_and_jobs_write_and_nobody_passes_it_on(governed, grants):
    for grant in of_type(governed, PERMISSIONS).values():
        assert grant["PermissionsWithGrantOption"] == []
    of_reader = {rights for who, _, rights in grants.values() if "role/team/Analyst" in who}
    assert of_reader == {("DESCRIBE",), ("DESCRIBE", "SELECT")}
    making = [who for who, _, rights in grants.values() if "CREATE_TABLE" in rights]
    assert ["DiscoveryRole" in who for who in making] == [True]
    where = [who for who, _, rights in grants.values() if rights == ("DATA_LOCATION_ACCESS",)]
    assert len(where) == 6
    assert sum("OptimizersRole" in who for who in where) == 2
    assert sum("EraseRecordsRole" in who for who in where) == 2  # it changes tables of both zones
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
