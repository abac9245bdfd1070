"""MiniStack's services tell the sandbox's time."""

from sandbox.core import in_flight, patching
from sandbox.core.clock import CLOCK
from sandbox.core.upstream import responses
from sandbox.services.cloudwatch.upstream import cloudwatch
from sandbox.services.dynamodb.upstream import dynamodb
from sandbox.services.events.upstream import eventbridge
from sandbox.services.lambda_.upstream import lambda_svc
from sandbox.services.logs.upstream import cloudwatch_logs
from sandbox.services.s3.upstream import s3
from sandbox.services.sns.upstream import sns
from sandbox.services.sqs.upstream import sqs

# They write it down, or compare it with what was written down.
_SERVICES = (cloudwatch, cloudwatch_logs, dynamodb, eventbridge, lambda_svc, s3, sns, sqs)


def install() -> None:
    """Put our clock in the place of the machine's; before any service is imported."""
    because = "all services share one clock, which can skip what nobody waits for"
    patching.replace(responses, "now_iso", now_iso, because=because)
    for service in _SERVICES:
        patching.replace(service, "time", CLOCK, because=because)
    in_flight.watch("call that is due", CLOCK.due)


def now_iso() -> str:
    """Tell the time as AWS's JSON does."""
    return CLOCK.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
