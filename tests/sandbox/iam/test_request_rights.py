"""Rights and conditions of requests that are about more than one plain action."""

import pytest


def test_a_batch_needs_the_single_action(queue, as_role, statement, refused):
    url, _ = queue()
    entry = {"Id": "1", "MessageBody": "x"}
    may = as_role(statement("sqs:SendMessage"))("sqs")
    assert may.send_message_batch(QueueUrl=url, Entries=[entry])["Successful"]
    wrong = as_role(statement("sqs:SendMessageBatch"))("sqs")
    code, message = refused(wrong.send_message_batch, QueueUrl=url, Entries=[entry])
    assert (code, "sqs:SendMessage on" in message) == ("AccessDenied", True)


@pytest.mark.parametrize(
    ("extra", "action"),
    [
        ({"Tagging": "team=a"}, "s3:PutObjectTagging"),
        ({"ACL": "bucket-owner-full-control"}, "s3:PutObjectAcl"),
        ({"ObjectLockLegalHoldStatus": "ON"}, "s3:PutObjectLegalHold"),
    ],
)
def test_what_comes_with_an_upload_needs_its_own_right(
    make_bucket, as_role, statement, refused, extra, action
):
    bucket = make_bucket()
    plain = as_role(statement("s3:PutObject"))("s3")
    plain.put_object(Bucket=bucket, Key="k", Body=b"x")
    for call in (plain.put_object, plain.create_multipart_upload):
        code, message = refused(call, Bucket=bucket, Key="k", **extra)
        assert (code, action in message) == ("AccessDenied", True)
    both = as_role(statement("s3:PutObject", action))("s3")
    if "Lock" not in str(extra):  # which takes a bucket with object lock
        both.put_object(Bucket=bucket, Key="k", Body=b"x", **extra)


def test_a_copy_that_leaves_tags_behind_needs_no_right_to_tag(make_bucket, as_role, statement):
    bucket = make_bucket()
    client = as_role(statement("s3:GetObject"), statement("s3:PutObject"))("s3")
    client.put_object(Bucket=bucket, Key="k", Body=b"x")
    source = {"Bucket": bucket, "Key": "k"}
    client.copy_object(Bucket=bucket, Key="c", CopySource=source, TaggingDirective="REPLACE")


def test_tags_may_be_asked_for_by_name_and_value(make_bucket, as_role, statement, refused):
    bucket = make_bucket()
    only = {"StringEquals": {"s3:RequestObjectTag/team": "a"}}
    tagging = statement("s3:PutObjectTagging", Condition=only)
    client = as_role(statement("s3:PutObject"), tagging)("s3")
    client.put_object(Bucket=bucket, Key="k", Tagging="team=a")
    assert refused(client.put_object, Bucket=bucket, Key="k", Tagging="team=b")[0] == "AccessDenied"


def test_metrics_may_be_put_into_the_allowed_namespace_only(as_role, statement, refused):
    only = {"StringEquals": {"cloudwatch:namespace": "Shop"}}
    client = as_role(statement("cloudwatch:PutMetricData", Condition=only))("cloudwatch")
    datum = {"MetricName": "Sold", "Value": 1}
    client.put_metric_data(Namespace="Shop", MetricData=[datum])
    code, _ = refused(client.put_metric_data, Namespace="Bank" * 10, MetricData=[datum])
    assert code.startswith("AccessDenied")


@pytest.fixture
def orders(sandbox, unique):
    name = unique("orders")
    sandbox.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "shop", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "shop", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return name


def every_way(client, table, shop):
    key = {"shop": {"S": shop}}
    yield lambda: client.get_item(TableName=table, Key=key)
    yield lambda: client.put_item(TableName=table, Item=key)
    yield lambda: client.batch_get_item(RequestItems={table: {"Keys": [key]}})
    yield lambda: client.batch_write_item(
        RequestItems={table: [{"PutRequest": {"Item": key}}, {"DeleteRequest": {"Key": key}}][:1]}
    )
    yield lambda: client.transact_write_items(
        TransactItems=[{"Put": {"TableName": table, "Item": key}}]
    )
    yield lambda: client.query(
        TableName=table,
        KeyConditionExpression="#s = :s",
        ExpressionAttributeNames={"#s": "shop"},
        ExpressionAttributeValues={":s": {"S": shop}},
    )


def test_items_may_be_limited_to_some_partition_keys(orders, as_role, statement, refused):
    mine = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "mine"}}
    client = as_role(statement("dynamodb:*", Condition=mine))("dynamodb")
    for call in every_way(client, orders, "mine"):
        call()
    for call in every_way(client, orders, "other"):
        assert refused(call)[0] == "AccessDeniedException"
