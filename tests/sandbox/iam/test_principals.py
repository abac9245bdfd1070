"""The condition key that says who asks."""

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def topic(sandbox, name, policy):
    """Make a topic to which only one role may publish, whoever else is allowed to."""

    def make(publisher):
        sns = sandbox.client("sns")
        arn = sns.create_topic(Name=name("topic"))["TopicArn"]
        denial = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "sns:Publish",
            "Resource": arn,
            "Condition": {"ArnNotEquals": {"aws:PrincipalArn": publisher}},
        }
        sns.set_topic_attributes(
            TopicArn=arn, AttributeName="Policy", AttributeValue=policy(denial)
        )
        return arn

    return make


@pytest.fixture
def sns_of(sandbox):
    def assume(role_arn):
        found = sandbox.client("sts").assume_role(RoleArn=role_arn, RoleSessionName="any")
        keys = found["Credentials"]
        credentials = {
            "aws_access_key_id": keys["AccessKeyId"],
            "aws_secret_access_key": keys["SecretAccessKey"],
            "aws_session_token": keys["SessionToken"],
        }
        return sandbox.client("sns", credentials=credentials)

    return assume


def test_a_session_is_told_by_its_role(make_role, statement, topic, sns_of):
    mine, other = make_role(statement("sns:Publish")), make_role(statement("sns:Publish"))
    place = topic(mine)
    assert sns_of(mine).publish(TopicArn=place, Message="hello")["MessageId"]
    with pytest.raises(ClientError, match="explicit deny"):
        sns_of(other).publish(TopicArn=place, Message="hello")
