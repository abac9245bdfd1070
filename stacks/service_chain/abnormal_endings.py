"""What happens to executions that end abnormally: out of time, stopped, or out of bounds."""

from constructs import Construct

from stacks.service_chain.functions import Functions
from stacks.service_chain.resources import Resources
from stacks.service_chain.settings import ServiceChain
from stacks.service_chain.stages.abnormal_ending import record_abnormal_ending
from stacks.shared.machine import Machine
from stacks.shared.permissions import allow
from stacks.shared.rule import EventRule


class AbnormalEndings(Construct):
    """Writes the failure records that executions could not write themselves."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: ServiceChain,
        chain: Machine,
        functions: Functions,
        resources: Resources,
    ) -> None:
        super().__init__(scope, construct_id)
        function = functions.invoked["RecordFailure"].function.function_arn
        self.machine = Machine(
            self,
            "Record",
            definition=record_abnormal_ending(settings),
            substitutions={
                "RecordFailure": function,
                "Notifications": resources.notifications.topic_arn,
            },
            key=resources.key,
            log_days=resources.log_days,
        )
        allow(self.machine.role, "lambda:InvokeFunction", on=[function])
        chain.allow_describing(self.machine.role)
        ended = EventRule(
            self,
            "ChainEnded",
            description="An execution of the chain has failed, or was ended.",
            pattern={
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {
                    "stateMachineArn": [chain.arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            },
        )
        ended.start(self.machine, failures=resources.undelivered)
