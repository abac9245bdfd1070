"""Messages of devices as records: a rule of IoT puts each into the stream, or keeps it."""

from aws_cdk import aws_iam as iam
from aws_cdk import aws_iot as iot
from constructs import Construct

from stacks.shared.arns import arn_here
from stacks.shared.data_stream import DataStream
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, on_behalf_of, waive_inline

TOPICS = "lake/+/+"  # lake/<data set>/<device>
# As bytes: a rule that takes messages apart writes their numbers anew, and drops what is no JSON.
SQL = f"SELECT encode(*, 'base64') AS base64, topic(2) AS dataset FROM '{TOPICS}'"  # noqa: S608 (ours)
SQL_VERSION = "2016-03-23"
_Rule = iot.CfnTopicRule


class DeviceMessages(Construct):
    """The rule, its role, and the queue of what it could not put into the stream.

    The queue has each such message with its topic, and why; a redrive gives it to the rule again.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, key: CustomerKey, stream: DataStream
    ) -> None:
        super().__init__(scope, construct_id)
        self.undelivered = DeadLetters(self, "UndeliveredMessages", key=key)
        # To name the rule would be a circle: it names the role.
        rules = on_behalf_of(arn_here("iot", "rule/*"))
        itself = iam.ServicePrincipal("iot.amazonaws.com", conditions=rules)
        role = iam.Role(self, "Role", assumed_by=itself)
        stream.allow_writing(role)
        allow(role, "sqs:SendMessage", on=[self.undelivered.queue_arn])
        key.allow(role, "kms:Decrypt", "kms:GenerateDataKey", through=["sqs"])
        waive_inline(role)
        self.rule = _Rule(
            self,
            "Rule",
            topic_rule_payload=_Rule.TopicRulePayloadProperty(
                sql=SQL,
                aws_iot_sql_version=SQL_VERSION,
                actions=[
                    _Rule.ActionProperty(
                        kinesis=_Rule.KinesisActionProperty(
                            role_arn=role.role_arn,
                            stream_name=stream.stream_name,
                            partition_key="${newuuid()}",
                        )
                    )
                ],
                error_action=_Rule.ActionProperty(
                    sqs=_Rule.SqsActionProperty(
                        role_arn=role.role_arn,
                        queue_url=self.undelivered.queue_url,
                        use_base64=False,
                    )
                ),
            ),
        )
        # IoT tries the role when it takes the rule.
        self.rule.node.add_dependency(role)

    @property
    def outputs(self) -> dict[str, str]:
        """What a device and its operator need."""
        return {
            "Topics": TOPICS,
            "TopicRuleName": self.rule.ref,
            "MessagesUndeliveredQueueUrl": self.undelivered.queue_url,
        }
