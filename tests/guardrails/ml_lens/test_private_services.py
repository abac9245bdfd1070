"""NET3."""

from guardrails.ml_lens.examples import IMPORTED, one
from guardrails.ml_lens.private_services import CLUSTER, RULE


def test_a_cluster_whose_default_is_public_is_found(found_in):
    assert len(found_in(RULE, one(CLUSTER, ResourcesVpcConfig={"SubnetIds": IMPORTED}))) == 1


def test_the_group_that_lets_in_all_is_found(found_in):
    for name, count in (("open-access", 1), ("team", 0)):
        assert len(found_in(RULE, one("AWS::MemoryDB::Cluster", ACLName=name))) == count
