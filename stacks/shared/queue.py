"""A work queue with a dead-letter queue, and what may send to it or read from it."""

from aws_cdk import Aws, Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from guardrails import waive
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import KEY_REUSE, DeadLetters, send_from
from stacks.shared.function import PythonFunction
from stacks.shared.key import CustomerKey
from stacks.shared.permissions import allow, on_behalf_of
from stacks.shared.rule import EventRule


class WorkQueue(Construct):
    """An encrypted queue whose failures wait for two weeks in a second one.

    What was delivered so many times (``deliveries``) and not dealt with is a failure. The function
    that takes the messages may run for ``function_seconds``; the queue waits ``window_seconds`` for
    a batch to fill.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        key: CustomerKey,
        function_seconds: int,
        window_seconds: int = 0,
        deliveries: int,
    ) -> None:
        super().__init__(scope, construct_id)
        hidden = visibility_seconds(function_seconds, window_seconds=window_seconds)
        self.failing_seconds = deliveries * hidden  # until what always fails is a dead letter
        self._window = Duration.seconds(window_seconds)
        self._key = key
        self.dead_letters = DeadLetters(self, "DeadLetters", key=key)
        self.queue = sqs.Queue(
            self,
            "Resource",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            data_key_reuse=KEY_REUSE,
            enforce_ssl=True,
            visibility_timeout=Duration.seconds(hidden),
            dead_letter_queue=sqs.DeadLetterQueue(
                queue=self.dead_letters, max_receive_count=deliveries
            ),
        )

    def receive_new_objects(self, bucket: PrivateBucket) -> None:
        """Send every new object of a bucket to the queue, with no custom resource in between.

        S3 tests the queue when it takes the configuration, so the queue's policy must be there
        first. A policy that named the bucket would make a circle: it lets in the buckets of this
        account instead. CDK's own way around is a Lambda function that runs at deployment.
        """
        self._key.serve_bucket_events()
        self.queue.add_to_resource_policy(
            iam.PolicyStatement(
                principals=[iam.ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[self.queue.queue_arn],
                conditions=on_behalf_of(f"arn:{Aws.PARTITION}:s3:::*"),
            )
        )
        created = s3.CfnBucket.QueueConfigurationProperty(
            event="s3:ObjectCreated:*", queue=self.queue.queue_arn
        )
        bucket.cfn.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[created]
        )
        bucket.node.add_dependency(self.queue.node.find_child("Policy"))

    def receive_object_events(self, bucket: PrivateBucket) -> None:
        """Send an event of EventBridge to the queue for every new object of a bucket.

        An event that cannot be sent is a dead letter too.
        """
        bucket.announce_new_objects()
        rule = EventRule(
            self,
            "ObjectArrived",
            description=f"Something new is in {bucket.node.id}.",
            pattern={
                "source": ["aws.s3"],
                "detail-type": ["Object Created"],
                "detail": {"bucket": {"name": [bucket.bucket_name]}},
            },
        )
        send_from(rule, self.queue, self._key)
        rule.deliver_to(self.queue.queue_arn, failures=self.dead_letters)

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to look after the queue."""
        return {
            "QueueUrl": self.queue.queue_url,
            "DeadLetterQueueUrl": self.dead_letters.queue_url,
        }

    def feed(self, function: PythonFunction, *, batch_size: int, concurrency: int) -> None:
        """Let a function take batches, so many at a time, and give back what it could not do."""
        taking = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
        allow(function.role, *taking, on=[self.queue.queue_arn])
        waive(
            function.function,
            "no_dead_letter_target",
            because="Only the queue invokes it, and what fails goes to the queue's dead letters.",
        )
        mapping = lambda_.EventSourceMapping(
            function,
            "Feed",
            target=function.function,
            event_source_arn=self.queue.queue_arn,
            batch_size=batch_size,
            max_batching_window=self._window,
            max_concurrency=concurrency,
            report_batch_item_failures=True,
        )
        waive(
            mapping,
            "no_failure_destination",
            because="For a queue Lambda takes no destination: its dead-letter queue has that part.",
        )


def visibility_seconds(function_seconds: int, *, window_seconds: int = 0) -> int:
    """Hide a message for six attempts and the wait for a full batch, as Lambda's guide asks.

    https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
    """
    return 6 * function_seconds + window_seconds
