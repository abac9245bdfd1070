"""A table of a customer's key is read and written by who may use that key through DynamoDB."""

import pytest

ITEM = {"id": {"S": "a"}}


@pytest.fixture
def table(sandbox, name):
    """Make a table, encrypted with a key when one is given."""

    def make(key=None):
        made = name("table")
        sse = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        sandbox.client("dynamodb").create_table(
            TableName=made,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            **({"SSESpecification": sse} if key else {}),
        )
        return made

    return make


def calls(name):
    """Spell one call of each kind."""
    put = {"Put": {"TableName": name, "Item": ITEM}}
    return {
        "put_item": {"TableName": name, "Item": ITEM},
        "get_item": {"TableName": name, "Key": ITEM},
        "update_item": {"TableName": name, "Key": ITEM},
        "delete_item": {"TableName": name, "Key": ITEM},
        "scan": {"TableName": name},
        "batch_get_item": {"RequestItems": {name: {"Keys": [ITEM]}}},
        "batch_write_item": {"RequestItems": {name: [{"PutRequest": {"Item": ITEM}}]}},
        "transact_write_items": {"TransactItems": [put]},
    }


def test_every_operation_on_items_needs_decrypt(as_role, table, key, statement, refused):
    secret = key()
    name = table(secret)
    blind, seeing = statement("dynamodb:*"), statement("kms:Decrypt", on=secret)
    for method, arguments in calls(name).items():
        call = getattr(as_role(blind)("dynamodb"), method)
        code, message = refused(call, **arguments)
        assert code == "AccessDeniedException", method
        assert f"not authorized to perform: kms:Decrypt on resource: {secret}" in message
        getattr(as_role(blind, seeing)("dynamodb"), method)(**arguments)


def test_the_key_is_used_through_dynamodb_for_this_table(as_role, table, key, statement, refused):
    secret = key()
    name, rights = table(secret), statement("dynamodb:GetItem")
    for condition, allowed in (
        ({"kms:ViaService": "dynamodb.us-east-1.amazonaws.com"}, True),
        ({"kms:ViaService": "s3.us-east-1.amazonaws.com"}, False),
        ({"kms:EncryptionContext:aws:dynamodb:tableName": name}, True),
        ({"kms:EncryptionContext:aws:dynamodb:tableName": "other"}, False),
    ):
        opened = statement("kms:Decrypt", on=secret, Condition={"StringEquals": condition})
        read = as_role(rights, opened)("dynamodb").get_item
        if allowed:
            read(TableName=name, Key=ITEM)
        else:
            assert refused(read, TableName=name, Key=ITEM)[0] == "AccessDeniedException"


def test_a_table_of_a_key_of_aws_needs_no_more(as_role, table, statement):
    client = as_role(statement("dynamodb:GetItem", "dynamodb:DescribeTable"))("dynamodb")
    client.get_item(TableName=table(), Key=ITEM)


def test_describing_an_encrypted_table_needs_no_key(as_role, table, key, statement):
    client = as_role(statement("dynamodb:DescribeTable"))("dynamodb")
    assert client.describe_table(TableName=table(key()))["Table"]["SSEDescription"]
