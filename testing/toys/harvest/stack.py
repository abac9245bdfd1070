"""Harvest: a bucket of fruit, and a function that fills it."""

from aws_cdk import Duration
from constructs import Construct

from stacks.settings import Shared
from stacks.shared.architecture import ArchitectureStack
from stacks.shared.bucket import PrivateBucket
from stacks.shared.function import PythonFunction
from stacks.shared.hand_offs import allow_events, publish
from stacks.shared.powertools import PowertoolsLayer
from testing.toys.harvest.contracts import offers
from testing.toys.harvest.settings import Harvest


class HarvestStack(ArchitectureStack):
    """Publishes where its fruit is, and an event for each that is picked."""

    def __init__(
        self, scope: Construct, construct_id: str, *, settings: Harvest, shared: Shared
    ) -> None:
        super().__init__(
            scope, construct_id, description="Picks fruit.", retention=settings, shared=shared
        )
        offered = offers(stack_name=self.stack_name)
        kept = Duration.days(settings.result_days)
        basket = PrivateBucket(self, "Basket", baseline=self.baseline, expires_after=kept)
        pick = PythonFunction(
            self,
            "Pick",
            entry="harvest.put_fruit",
            key=self.key,
            powertools=PowertoolsLayer(self, "Powertools"),
            environment={
                "BUCKET": basket.bucket_name,
                "PREFIX": offered.fruit.prefix,
                "SOURCE": offered.picked.source,
                "DETAIL_TYPE": offered.picked.detail_type,
            },
            timeout=Duration.seconds(30),
            memory_mib=128,
            log_days=settings.log_days,
        )
        pick.called_by_machine()
        publish(self, "FruitBucket", offered.fruit.bucket, basket.bucket_name)
        basket.allow(pick.role, "s3:PutObject", prefix=offered.fruit.prefix)
        self.key.allow(pick.role, "kms:GenerateDataKey", through=["s3"])
        allow_events(pick.role, offered.picked)
        self.monitoring.monitor_functions([pick])
        self.add_outputs({"PickFunctionName": pick.function.function_name})
