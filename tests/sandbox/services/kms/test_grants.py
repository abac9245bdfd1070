"""A grant lets its grantee use a key that no policy lets it use."""

import pytest


@pytest.fixture
def grant(sandbox, key, as_role, statement):
    """Grant operations on a new key to a role; gives a client of that role and the key."""

    def make(*operations, **constraints):
        arn, sts = key(), as_role(statement("sts:GetCallerIdentity"))
        session = sts("sts").get_caller_identity()["Arn"]
        role = session.replace(":sts:", ":iam:").replace("assumed-role", "role")
        extra = {"Constraints": constraints} if constraints else {}
        sandbox.client("kms").create_grant(
            KeyId=arn,
            GranteePrincipal=role.rpartition("/")[0],
            Operations=list(operations),
            **extra,
        )
        return sts("kms"), arn

    return make


def test_a_grant_allows_its_operations_and_no_others(grant, refused):
    client, arn = grant("Encrypt")
    blob = client.encrypt(KeyId=arn, Plaintext=b"x")["CiphertextBlob"]
    assert refused(client.decrypt, KeyId=arn, CiphertextBlob=blob)[0] == "AccessDeniedException"


def test_a_grant_is_for_one_key(grant, key, refused):
    client, _ = grant("Encrypt")
    assert refused(client.encrypt, KeyId=key(), Plaintext=b"x")[0] == "AccessDeniedException"


def test_a_grant_may_ask_for_an_encryption_context(grant, refused):
    client, arn = grant("Encrypt", EncryptionContextSubset={"shop": "a"})
    client.encrypt(KeyId=arn, Plaintext=b"x", EncryptionContext={"shop": "a", "day": "1"})
    for context in ({}, {"shop": "b"}):
        code, _ = refused(client.encrypt, KeyId=arn, Plaintext=b"x", EncryptionContext=context)
        assert code == "AccessDeniedException"


def test_a_retired_grant_allows_nothing(sandbox, grant, refused):
    client, arn = grant("Encrypt")
    kms = sandbox.client("kms")
    (made,) = kms.list_grants(KeyId=arn)["Grants"]
    kms.revoke_grant(KeyId=arn, GrantId=made["GrantId"])
    assert refused(client.encrypt, KeyId=arn, Plaintext=b"x")[0] == "AccessDeniedException"
