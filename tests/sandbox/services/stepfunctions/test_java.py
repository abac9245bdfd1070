"""Names as the Java SDK spells them."""

import pytest

from sandbox.services.stepfunctions.java import java_member, java_name


@pytest.mark.parametrize(
    ("on_the_wire", "in_a_task"),
    [
        ("TableName", "TableName"),
        ("DBInstanceIdentifier", "DbInstanceIdentifier"),
        ("ACL", "Acl"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("OutputEncryptionKMSKeyId", "OutputEncryptionKMSKeyId"),
        ("EnableIAMDatabaseAuthentication", "EnableIAMDatabaseAuthentication"),
        ("name", "Name"),
        ("N", "N"),
        ("SS", "Ss"),
    ],
)
def test_of_a_members_capitals_only_those_at_its_beginning_become_a_word(on_the_wire, in_a_task):
    assert java_member(on_the_wire) == in_a_task


def test_a_service_is_spelled_word_by_word():
    assert java_name("DynamoDB") == "DynamoDb"
