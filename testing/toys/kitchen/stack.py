"""Kitchen: a function that makes jam of each fruit, and a bucket to keep it."""

from aws_cdk import Duration
from constructs import Construct

from stacks.settings import Shared
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.dead_letters import DeadLetters
from stacks.shared.function import PythonFunction
from stacks.shared.hand_offs import allow_objects, pattern_of
from stacks.shared.powertools import PowertoolsLayer
from stacks.shared.rule import EventRule
from testing.toys.kitchen.contracts import Inputs
from testing.toys.kitchen.settings import Kitchen


class KitchenStack(ArchitectureStack):
    """Cooks what others say that they have picked, wherever that is."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        settings: Kitchen,
        shared: Shared,
        inputs: Inputs,
    ) -> None:
        super().__init__(
            scope, construct_id, description="Makes jam.", retention=settings, shared=shared
        )
        kept = Duration.days(settings.result_days)
        shelf = PrivateBucket(self, "Shelf", baseline=self.baseline, expires_after=kept)
        uncooked = DeadLetters(self, "Uncooked", key=self.key)
        cook = PythonFunction(
            self,
            "Cook",
            entry="kitchen.put_jam",
            key=self.key,
            powertools=PowertoolsLayer(self, "Powertools"),
            environment={
                "FRUIT_BUCKET_PARAMETER": inputs.fruit.bucket.parameter,
                "SHELF": shelf.bucket_name,
            },
            timeout=Duration.seconds(30),
            memory_mib=128,
            log_days=settings.log_days,
        )
        EventRule(
            self, "Picked", description="There is fruit.", pattern=pattern_of(inputs.picked)
        ).invoke(cook, failures=uncooked)
        allow_objects(cook.role, inputs.fruit)
        shelf.allow(cook.role, "s3:PutObject")
        self.key.allow(cook.role, "kms:GenerateDataKey", through=["s3"])
        self.monitoring.monitor_dead_letters(uncooked)
        self.monitoring.monitor_functions([cook])
        self.add_outputs(
            {"ShelfBucketName": shelf.bucket_name, "CookFunctionName": cook.function.function_name}
        )
