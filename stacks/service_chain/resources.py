"""The resources that all parts of the chain work with."""

from dataclasses import dataclass

from stacks.shared.alerts import NotificationTopic
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.key import CustomerKey


@dataclass(frozen=True, slots=True)
class Resources:
    """Where documents come from and go to, who is notified, and what keeps undelivered events."""

    inbox: PrivateBucket
    results: PrivateBucket
    notifications: NotificationTopic
    undelivered: DeadLetters
    key: CustomerKey
    log_days: int

    @property
    def outputs(self) -> dict[str, str]:
        """What a person needs to send documents and to get what comes of them."""
        return {
            "InboxBucketName": self.inbox.bucket_name,
            "ResultsBucketName": self.results.bucket_name,
            "NotificationTopicArn": self.notifications.topic_arn,
            "UndeliveredQueueUrl": self.undelivered.queue_url,
        }
